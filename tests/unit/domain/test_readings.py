"""Test results and limits: what can be read is read, the rest stays text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.domain.limits import Limit, read_limit
from chuanyu.domain.readings import meets, odd_verdict, read_result

PLAN = "n=5,c=2,m=10^4,M=10^5"


@pytest.mark.parametrize(
    ("text", "value", "qualifier", "unit"),
    [
        ("0.314g/kg", "0.314", "EQ", "g/kg"),
        ("0.35g/100g", "0.35", "EQ", "g/100g"),
        ("40.5%vol", "40.5", "EQ", "%vol"),
        ("＜0.01mg/kg", "0.01", "LT", "mg/kg"),
        (">2.0 g/kg", "2.0", "GT", "g/kg"),
        ("≤0.5", "0.5", "LE", None),
        ("≥ 0.5\u3000g/kg", "0.5", "GE", "g/kg"),
        ("1,200CFU/g", "1200", "EQ", "CFU/g"),
        ("1.2×10³CFU/g", "1200", "EQ", "CFU/g"),
        ("1.2×10^4 CFU/g", "12000", "EQ", "CFU/g"),
        ("1.2×10⁻³g/kg", "0.0012", "EQ", "g/kg"),
        ("1.210", "1.210", "EQ", None),
        ("10⁴", "10000", "EQ", None),
        ("0.5g/kg（以苯甲酸计）", "0.5", "EQ", "g/kg(以苯甲酸计)"),
        ("未检出", None, "NOT_DETECTED", None),
        ("未检出(定量限:0.5mg/kg)", None, "NOT_DETECTED", None),
        ("ND", None, "NOT_DETECTED", None),
        ("检出", None, "DETECTED", None),
    ],
)
def test_a_result_is_read_as_written(text: str, value: str | None, qualifier: str, unit: str | None) -> None:
    reading = read_result(text)
    assert (reading.value, reading.values, reading.qualifier, reading.unit, reading.warnings) == (value, (), qualifier, unit, ())


@pytest.mark.parametrize(
    "text",
    [
        "不合格",
        "多不可计",
        "阳性",
        "<10,20,<10",
        "1.2×104CFU/g",
        "12000 34000",
        "0.5g/kg不合格",
        "1.2万CFU/g",
        "52±1.0%vol",
        "检出限0.5",
        "0.5 mg/kg 0.6",
    ],
)
def test_what_cannot_be_read_stays_text_and_warns(text: str) -> None:
    reading = read_result(text)
    assert (reading.value, reading.values, reading.qualifier, reading.unit) == (None, (), "TEXT", None)
    assert [warning.code for warning in reading.warnings] == ["result_unparsed"]


@pytest.mark.parametrize("text", [None, "", "/", "—"])
def test_no_result_is_no_text(text: str | None) -> None:
    reading = read_result(text, field="items[0].result_text")
    assert reading.qualifier is None
    assert [(warning.code, warning.field) for warning in reading.warnings] == [("result_missing", "items[0].result_text")]


@pytest.mark.parametrize(
    ("text", "limit", "values", "unit"),
    [
        ("12000,34000,15000,26000,11000", PLAN, ("12000", "34000", "15000", "26000", "11000"), None),
        ("1.2×10⁴，3.4×10⁴，1.5×10⁴，2.6×10⁴，1.1×10⁴CFU/g", PLAN, ("12000", "34000", "15000", "26000", "11000"), "CFU/g"),
        ("110,230,450,120,300", PLAN, ("110", "230", "450", "120", "300"), None),
        ("12000 34000 15000 26000 11000CFU/g", PLAN, ("12000", "34000", "15000", "26000", "11000"), "CFU/g"),
        ("1,200；3,400；1,500；2,600；1,100", PLAN, ("1200", "3400", "1500", "2600", "1100"), None),
        ("800,1400", None, ("800", "1400"), None),
    ],
)
def test_a_list_is_told_by_its_limit(text: str, limit: str | None, values: tuple[str, ...], unit: str | None) -> None:
    reading = read_result(text, limit)
    assert (reading.value, reading.values, reading.qualifier, reading.unit) == (None, values, "LIST", unit)


def test_without_a_sampling_plan_thousands_commas_are_one_number() -> None:
    assert read_result("110,230,450").value == "110230450"
    assert read_result("1,200", PLAN).value == "1200"


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("≤0.1g/kg", Limit(high="0.1", unit="g/kg")),
        ("≥18g/100g", Limit(low="18", unit="g/100g")),
        ("<0.5", Limit(high="0.5", strict=True)),
        ("52±1.0%vol", Limit(low="51.0", high="53.0", unit="%vol")),
        ("45%vol～55%vol", Limit(low="45", high="55", unit="%vol")),
        ("不得使用", Limit(prohibited=True)),
        ("不得检出", Limit(prohibited=True)),
        ("符合GB 2760", Limit()),
        ("/", Limit()),
    ],
)
def test_a_limit_says_bounds_or_nothing(text: str, limit: Limit) -> None:
    assert read_limit(text) == limit


@pytest.mark.parametrize("text", [PLAN, "n = 5, c = 2, m = 10⁴CFU/g, M = 10⁵CFU/g", "n=5 c=2 m=10000 M=100000"])
def test_a_sampling_plan_is_read_in_any_notation(text: str) -> None:
    limit = read_limit(text)
    assert limit.samples == 5
    assert limit.plan == read_limit(PLAN).plan


@pytest.mark.parametrize(
    ("result", "limit", "kept"),
    [
        ("12000, 34000, 15000, 9000, 8000", PLAN, False),
        ("12000, 34000, 9000, 9000, 8000", PLAN, True),
        ("120000, 1, 1, 1, 1", PLAN, False),
        ("9900", PLAN, True),
        ("0.1g/kg", "≤0.1g/kg", True),
        ("0.11g/kg", "≤0.1g/kg", False),
        ("0.1g/kg", "<0.1g/kg", False),
        ("100mg/kg", "≤0.1g/kg", None),
        ("<0.01", "≤0.1", True),
        ("<0.5", "≤0.1", None),
        (">2.0", "≤1.0", False),
        (">0.5", "≤1.0", None),
        ("≥0.5", "≥0.4", True),
        ("<0.4", "≥0.4", False),
        ("40.5%vol", "52±1.0%vol", False),
        ("52.0%vol", "52±1.0%vol", True),
        ("未检出", "不得使用", True),
        ("检出", "不得检出", False),
        ("0.2g/kg", "不得使用", None),
        ("未检出", "≥18", False),
        ("未检出", "符合标准", None),
        ("不合格", "≤1", None),
    ],
)
def test_a_reading_keeps_its_limit_or_breaks_it_or_may_do_either(result: str, limit: str, kept: bool | None) -> None:
    assert meets(read_result(result, limit), read_limit(limit)) is kept


def test_t18_an_odd_verdict_is_shown_and_never_recomputed() -> None:
    reading = read_result("9900", PLAN)
    assert [warning.code for warning in odd_verdict(reading, PLAN)] == ["value_meets_limit"]
    assert odd_verdict(read_result("0.2", "≤0.1"), "≤0.1") == ()


@given(st.text(alphabet="0123456789.,×^eE<>≤≥-/ gkmμ%;、nND未检出⁴", max_size=30), st.sampled_from([None, PLAN, "≤0.5g/kg"]))
def test_no_text_breaks_the_reader(text: str, limit: str | None) -> None:
    reading = read_result(text, limit)
    assert (reading.value is not None) is (reading.qualifier in ("EQ", "LT", "LE", "GT", "GE"))
    assert bool(reading.values) is (reading.qualifier == "LIST")


@given(st.decimals(min_value=0, max_value=10**9, places=3), st.integers(0, 9))
def test_powers_are_worked_out_exactly(number: object, power: int) -> None:
    reading = read_result(f"{number}×10^{power}CFU/g")
    assert reading.value is not None
    assert float(reading.value) == pytest.approx(float(str(number)) * 10**power)
