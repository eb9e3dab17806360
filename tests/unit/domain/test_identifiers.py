"""Numbers of the field: what is refused, what only warns, what they look like when they are one."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from chuanyu.domain import check_digits, identifiers
from chuanyu.domain.identifiers import Checked, check_licence, check_sample_no, check_uscc, derived_party_key, document_no
from chuanyu.domain.uscc import is_personal_id

DIGITS = st.text("0123456789", min_size=17, max_size=17)
CODE_CHARACTERS = st.text(check_digits.USCC_ALPHABET, min_size=17, max_size=17)


def codes(checked: Checked) -> list[str]:
    return [finding.code for finding in checked.refusals + checked.warnings]


def rows(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_real_social_credit_codes_stand_or_fall_with_their_check_character(shared_data: Path) -> None:
    expected = {"valid": None, "invalid-checksum": "uscc_check_digit", "invalid-length": "uscc_malformed", "edge": "uscc_check_digit"}
    for row in rows(shared_data, "uscc_cases.csv"):
        refusals = [refusal.code for refusal in check_uscc(row["uscc"]).refusals]
        assert refusals == [code for code in [expected[row["expect"]]] if code], row


def test_real_production_licences_stand_or_fall_with_their_check_digit(shared_data: Path) -> None:
    for row in rows(shared_data, "sc_cases.csv"):
        assert bool(identifiers.check_sc(row["sc"]).refusals) is (row["expect"] != "valid"), row


@pytest.mark.parametrize(
    ("code", "findings"),
    [
        ("9150000020286320X6", []),
        ("11500228733970274Y", []),
        (" 9150 0000 2028 6320x6\n", []),
        ("N2510121MA00000074", []),
        ("A1110000600037341K", []),
        ("A1110000600037341L", ["uscc_check_digit"]),
        ("91510104MABX88129K", ["uscc_check_digit"]),
        ("915001022085079728", ["uscc_check_digit"]),
        ("91310000TEMPLATE", ["uscc_malformed"]),
        ("91500000I0286320X6", ["uscc_malformed"]),
        ("510000000012345", ["uscc_malformed"]),
        ("11010519491231002X", ["personal_id_in_uscc"]),
        ("11010519491231002x", ["personal_id_in_uscc"]),
    ],
)
def test_a_social_credit_code_is_refused_for_its_shape_or_check_character_only(code: str, findings: list[str]) -> None:
    assert [code for code in codes(check_uscc(code)) if not code.startswith("uscc_inner")] == findings


def test_a_personal_identity_number_is_never_kept_or_echoed() -> None:
    checked = check_uscc("11010519491231002X", "labelled_producer.uscc")
    assert "1101" not in repr(checked)
    assert checked.refusals[0].field == "labelled_producer.uscc"


@pytest.mark.parametrize(
    ("changed", "warning"), [(("95", 0), "uscc_kind_unusual"), (("99", 2), "uscc_region"), (("7", 16), "uscc_inner_check")]
)
def test_the_registrars_own_digits_only_warn(changed: tuple[str, int], warning: str) -> None:
    text, place = changed
    first17 = "9150000020286320X"[:place] + text + "9150000020286320X"[place + len(text) :]
    checked = check_uscc(first17 + check_digits.uscc(first17))
    assert checked.value is not None
    assert warning in codes(checked)


@given(CODE_CHARACTERS, st.integers(0, 17), st.sampled_from(check_digits.USCC_ALPHABET))
def test_one_wrong_character_of_a_social_credit_code_never_passes(first17: str, place: int, other: str) -> None:
    code = first17 + check_digits.uscc(first17)
    wrong = code[:place] + other + code[place + 1 :]
    assert bool(check_uscc(wrong).refusals) is (wrong != code)


@given(st.text("0123456789", min_size=8, max_size=8), st.text(check_digits.USCC_ALPHABET, min_size=9, max_size=9))
def test_social_credit_codes_agree_with_another_implementation(head: str, body: str) -> None:
    assert check_digits.uscc(head + body) == uscc.calc_check_digit(head + body)


@given(DIGITS)
def test_personal_identity_numbers_agree_with_another_implementation(digits: str) -> None:
    assert check_digits.person(digits) == ric.calc_check_digit(digits + "0")


def test_a_number_with_an_impossible_birthday_is_no_personal_identity_number() -> None:
    first17 = "11010519490230002"
    assert not is_personal_id(first17 + check_digits.person(first17))


@given(st.text("0123456789", min_size=13, max_size=13), st.integers(0, 13), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_a_licence_never_passes(digits: str, place: int, other: str) -> None:
    number = digits + check_digits.mod_11_10(digits)
    wrong = number[:place] + other + number[place + 1 :]
    assert bool(identifiers.check_sc(f"SC{wrong}").refusals) is (wrong != number)
    assert mod_11_10.is_valid(wrong) is (wrong == number)


@given(st.sampled_from([7, 11, 12, 13]).flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size)), st.data())
def test_one_wrong_digit_of_a_barcode_never_passes(digits: str, data: st.DataObject) -> None:
    number = digits + check_digits.gtin(digits)
    place = data.draw(st.integers(0, len(digits)))
    wrong = number[:place] + data.draw(st.sampled_from("0123456789")) + number[place + 1 :]
    assert ("gtin_check_digit" in codes(identifiers.check_gtin(wrong))) is (wrong != number)
    assert ean.calc_check_digit(digits) == number[-1]


@pytest.mark.parametrize(
    ("check", "text", "value", "findings"),
    [
        ("check_sc", "SC12434017430075", "SC12434017430075", ["sc_region"]),
        ("check_sc", "sc 1146 4010 5000 15", "SC11464010500015", []),
        ("check_sc", "SC12345678901234", None, ["sc_check_digit"]),
        ("check_sc", "SC1234", None, ["sc_malformed"]),
        ("check_jy", "JY15308250014109", "JY15308250014109", []),
        ("check_jy", "SC11464010500015", None, ["jy_malformed"]),
        ("check_jy", "JY15308250014108", None, ["jy_check_digit"]),
        ("check_qs", "QS510000000001", "QS510000000001", ["licence_legacy"]),
        ("check_qs", "QS5100", None, ["qs_malformed"]),
        ("check_cma", "202300140123", "202300140123", []),
        ("check_cma", "203200140123", None, ["cma_malformed"]),
        ("check_cma", "20230014012", None, ["cma_malformed"]),
        ("check_cnas", "cnas l1234", "CNAS L1234", []),
        ("check_cnas", "CNAS L123", None, ["cnas_malformed"]),
        ("check_ccc", "2020010101234567", "2020010101234567", []),
        ("check_ccc", "20200101012345678", None, ["ccc_malformed"]),
        ("check_organic", "001OP1200001", "001OP1200001", []),
        ("check_organic", "0001OP2300001-1", "0001OP2300001-1", []),
        ("check_organic", "01OP1200001", None, ["organic_malformed"]),
        ("check_gtin", "6901234567892", "6901234567892", []),
        ("check_gtin", "96385074", "96385074", []),
        ("check_gtin", "6901234567893", "6901234567893", ["gtin_check_digit"]),
        ("check_gtin", "69012", "69012", ["gtin_malformed"]),
    ],
)
def test_licences_and_certificates_have_one_form(check: str, text: str, value: str | None, findings: list[str]) -> None:
    checked = getattr(identifiers, check)(text)
    assert (checked.value, codes(checked)) == (value, findings)


@pytest.mark.parametrize(
    ("text", "value", "findings"),
    [
        ("SC11464010500015", "SC11464010500015", []),
        ("SC12345678901234", "SC12345678901234", ["sc_check_digit"]),
        ("QS510000000001", "QS510000000001", ["licence_legacy"]),
        ("川食小作坊登字001", "川食小作坊登字001", ["licence_kind_unknown"]),
    ],
)
def test_a_licence_on_a_label_only_warns(text: str, value: str, findings: list[str]) -> None:
    checked = check_licence(text)
    assert (checked.value, checked.refusals, codes(checked)) == (value, (), findings)


def test_barcodes_are_compared_padded() -> None:
    assert identifiers.gtin_key("96385074") == "00000096385074"


@pytest.mark.parametrize(
    ("text", "value", "findings"),
    [
        (" XBJ26 510000300001\n", "XBJ26510000300001", []),
        ("ＸＢＪ２６５１００００３０００１２", "XBJ26510000300012", []),
        ("GC1600196327", "GC1600196327", []),
        ("XBJ26510000300001ZX", "XBJ26510000300001ZX", []),
        ("xbj26510000300001", "XBJ26510000300001", []),
        ("XBJ2?5100", None, ["sample_no_malformed"]),
        ("XBJ-2651", None, ["sample_no_malformed"]),
        ("1.23E+14", None, ["sample_no_malformed"]),
        ("XBJ２６５１００٠٣٠", None, ["sample_no_malformed"]),
        ("/", None, ["sample_no_missing"]),
        ("　", None, ["sample_no_missing"]),
    ],
)
def test_a_sample_number_loses_blanks_and_nothing_else(text: str, value: str | None, findings: list[str]) -> None:
    checked = check_sample_no(text)
    assert (checked.value, codes(checked)) == (value, findings)


@pytest.mark.parametrize(
    ("text", "value", "findings"),
    [
        ("川市监处罚[2024]012 号", "川市监处罚〔2024〕12号", []),
        ("川市监处罚〔2024〕第12号", "川市监处罚〔2024〕12号", []),
        ("穗环法罚【2019】50号", "穗环法罚〔2019〕50号", []),
        ("渝市监处罚（2024）5号", "渝市监处罚〔2024〕5号", []),
        ("(奉)市监案字(2016)181201530021号", "(奉)市监案字〔2016〕181201530021号", []),
        ("川市监罚字2024第12号", "川市监罚字2024第12号", ["document_no_unusual"]),
        ("无", None, ["document_no_missing"]),
    ],
)
def test_a_document_number_has_one_form_of_brackets(text: str, value: str | None, findings: list[str]) -> None:
    checked = document_no(text)
    assert (checked.value, codes(checked)) == (value, findings)


@given(st.text())
def test_a_document_number_read_twice_stays_the_same(text: str) -> None:
    once = document_no(text).value
    assert once is None or document_no(once).value == once


def test_a_party_without_a_code_has_a_key_of_name_and_division() -> None:
    assert derived_party_key("张三小吃店", "500103") == "d-6cd69d1f416dfc8e3880b789ab4caf5d"
    assert derived_party_key(" 张三 小吃店\u3000", "500103") == derived_party_key("张三小吃店", "500103")
    assert derived_party_key("张三小吃店", None) == derived_party_key("张三小吃店", "000000")
