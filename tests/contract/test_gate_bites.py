"""The gate is shown to bite: one forbidden change a row, each on a copy of the tree that was in order before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as part
from pathlib import Path
from typing import Any

import pytest

from chuanyu.contracting import avro_library, gate, lock, versions
from kit.law import TREE, Law, Schema, field, type_of

RECALL, RESULT, LIFTED = "recall/notice_issued", "spotcheck/result_reported", "credit/sanction_lifted"


@pytest.fixture
def law(tmp_path: Path) -> Law:
    return Law(tmp_path)


@dataclass(frozen=True)
class Row:
    """One forbidden change and the code under which it is refused."""

    name: str
    change: Callable[[Schema], object]
    code: str
    event: str = RECALL
    with_it: set[str] = part(default_factory=set)

    def __str__(self) -> str:
        return self.name


def without(name: str) -> Callable[[Schema], object]:
    return lambda schema: schema["fields"].remove(field(schema, name))


def with_field(**properties: Any) -> Callable[[Schema], object]:
    added = {"name": "extra", "type": ["null", "string"], "default": None, "doc": "补充 · Something more.", "chuanyu.class": "L1"}
    return lambda schema: schema["fields"].append({key: value for key, value in (added | properties).items() if value is not ...})


def retyped(*place: str, to: Any) -> Callable[[Schema], object]:
    return lambda schema: field(schema, *place).update(type=to)


def marked(*place: str, **properties: Any) -> Callable[[Schema], object]:
    """Sets properties of a field; `...` takes one away. `_` in a name stands for a dot."""

    def change(schema: Schema) -> None:
        target = field(schema, *place)
        for key, value in properties.items():
            target[key.replace("_", ".")] = value
            if value is ...:
                del target[key.replace("_", ".")]

    return change


def on_type(*place: str, **properties: Any) -> Callable[[Schema], object]:
    def change(schema: Schema) -> None:
        target = type_of(schema, *place)
        for key, value in properties.items():
            target[key.replace("_", ".")] = value
            if value is ...:
                del target[key.replace("_", ".")]

    return change


def symbol_removed(schema: Schema) -> None:
    regime = type_of(schema, "regime")
    regime["symbols"].remove("COSMETIC")
    del regime["chuanyu.terms"]["COSMETIC"]


def symbol_added(schema: Schema) -> None:
    regime = type_of(schema, "regime")
    regime["symbols"].append("TOY")
    regime["chuanyu.terms"]["TOY"] = "玩具"


BETWEEN_VERSIONS = [
    Row("field removed", without("issued_on"), "field_removed", with_it={"incompatible"}),
    Row("field removed though it had a default", without("hazard"), "field_removed"),
    Row("field renamed", marked("defect", name="fault"), "field_removed"),
    Row("field retyped", retyped("title", to=["null", "long"]), "retyped", with_it={"incompatible"}),
    Row("field promoted", retyped("risk", "severity", to=["null", "long"]), "retyped", with_it={"incompatible"}),
    Row("field made optional", marked("issued_on", type=["null", {"type": "int", "logicalType": "date"}], default=None), "retyped",
        with_it={"incompatible", "default_changed"}),
    Row("field added without default", with_field(type="string", default=...), "default_missing", with_it={"incompatible"}),
    Row("inner field added without default", lambda s: with_field(type="string", default=...)(type_of(s, "products")), "default_missing",
        with_it={"incompatible"}),
    Row("inner field removed", lambda s: without("quantity")(type_of(s, "products")), "field_removed"),
    Row("enum symbol removed", symbol_removed, "symbol_removed"),
    Row("record renamed", on_type("risk", name="Hazard"), "renamed", with_it={"incompatible"}),
    Row("event renamed", lambda s: s.update(name="NoticeGiven"), "renamed", with_it={"incompatible", "name"}),
    Row("timestamp unit changed", retyped("effective_at", to={"type": "long", "logicalType": "timestamp-micros"}), "logical_type", LIFTED,
        with_it={"type", "suffix"}),
    Row("logical type dropped", retyped("issued_on", to="int"), "retyped", with_it={"suffix"}),
    Row("default changed", marked("consignee_divisions", default=["510000"]), "default_changed", with_it={"default"}),
    Row("class lowered", marked("declared_missing", chuanyu_class="L1"), "class_lowered"),
    Row("form changed", lambda s: type_of(s, "products")["fields"][2].update({"chuanyu.form": "decimal"}), "form_changed"),
]  # fmt: skip


@pytest.mark.parametrize("row", BETWEEN_VERSIONS, ids=str)
def test_a_version_that_breaks_the_one_before_is_refused(law: Law, row: Row) -> None:
    law.next_version(row.event, row.change)
    assert law.codes() == {row.code, *row.with_it}


EMPTY = {"type": "record", "name": "Empty", "namespace": "chuanyu.recall", "doc": "空 · Nothing.", "fields": []}
IN_ONE_FILE = [
    Row("doc missing", marked("title", doc=...), "doc"),
    Row("doc without Chinese", marked("title", doc="Title of the notice."), "doc"),
    Row("doc of an enum missing", on_type("regime", doc=...), "doc"),
    Row("term missing", lambda s: type_of(s, "regime")["chuanyu.terms"].pop("FOOD"), "terms"),
    Row("terms missing", on_type("regime", chuanyu_terms=...), "terms"),
    Row("term given twice", lambda s: type_of(s, "regime")["chuanyu.terms"].update(FOOD="药品"), "terms"),
    Row("term in English", lambda s: type_of(s, "regime")["chuanyu.terms"].update(FOOD="food"), "terms"),
    Row("class missing", marked("title", chuanyu_class=...), "class"),
    Row("class unknown", marked("title", chuanyu_class="L5"), "class"),
    Row("L3 that is no bytes", marked("title", chuanyu_class="L3"), "class_l3"),
    Row("mask unknown", marked("legal_representative", chuanyu_mask="stars"), "mark"),
    Row("form unknown", marked("title", chuanyu_form="poem"), "mark"),
    Row("property misspelt", marked("title", chuanyu_clas="L1"), "property"),
    Row("alias", marked("title", aliases=["headline"]), "property"),
    Row("enum without UNKNOWN", on_type("regime", symbols=["FOOD"], default=..., chuanyu_terms={"FOOD": "食品"}), "enum_default"),
    Row("enum without default", on_type("regime", default=...), "enum_default"),
    Row("default null missing", marked("title", default=...), "default"),
    Row("array without default", marked("measures", default=...), "default"),
    Row("default that says something", marked("online_offers", default=None), "default"),
    Row("lower-case symbol", on_type("regime", symbols=["UNKNOWN", "food"], chuanyu_terms={"UNKNOWN": "未知", "food": "食品"}), "symbol"),
    Row("camelCase field", marked("title", name="noticeTitle"), "name"),
    Row("field that is a word of Python", marked("title", name="from"), "name"),
    Row("snake_case record", on_type("risk", name="risk_made"), "name"),
    Row("foreign namespace", on_type("risk", namespace="chuanyu.credit"), "namespace"),
    Row("file and record differ", lambda s: s.update(name="NoticeGiven"), "name"),
    Row("money that is no long", marked("title", name="price_fen"), "suffix"),
    Row("day that is no date", marked("title", name="titled_on"), "suffix"),
    Row("instant that is no timestamp", marked("title", name="titled_at"), "suffix"),
    Row("double", with_field(type=["null", "double"]), "type"),
    Row("map", with_field(type=["null", {"type": "map", "values": "string"}]), "type"),
    Row("decimal", with_field(type=["null", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}]), "type"),
    Row("union of two types", with_field(type=["null", "string", "long"]), "union"),
    Row("null behind", with_field(type=["string", "null"]), "union", with_it={"avro"}),
    Row("array that may be null", with_field(type=["null", {"type": "array", "items": "string"}]), "union"),
    Row("reference to nothing", with_field(type=["null", "chuanyu.recall.Nothing"]), "reference", with_it={"avro"}),
    Row("recursion", with_field(type=["null", "chuanyu.recall.NoticeIssued"]), "recursion"),
    Row("array of nulls", with_field(type={"type": "array", "items": "null"}, default=[]), "zero_width", with_it={"type"}),
    Row("array of empty records", with_field(
        type={"type": "array", "items": EMPTY},
        default=[]), "zero_width"),
    Row("head missing", without("head"), "head"),
    Row("head not first", lambda s: s["fields"].reverse(), "head"),
    Row("no edition", lambda s: s.pop("chuanyu.edition"), "edition"),
    Row("edition of tomorrow", lambda s: s.update({"chuanyu.edition": 9}), "edition"),
    Row("field twice", lambda s: s["fields"].append(dict(field(s, "title"))), "avro"),
    Row("no record at all", lambda s: s.update(type="map"), "shape"),
    Row("field without type", lambda s: field(s, "title").pop("type"), "shape"),
]  # fmt: skip


@pytest.mark.parametrize("row", IN_ONE_FILE, ids=str)
def test_a_schema_that_breaks_a_rule_is_refused(law: Law, row: Row) -> None:
    """On the copy nothing is locked, so that the rule itself bites and not only the changed bytes."""
    law.unlock()
    law.change(f"{row.event}/1.avsc", row.change)
    codes = law.codes()
    assert row.code in codes
    assert codes <= {row.code, *row.with_it}


def test_the_copy_is_in_order_before_it_is_broken(law: Law) -> None:
    assert law.flaws() == []
    law.unlock()
    assert law.codes() == set()


@pytest.mark.parametrize("change", [with_field(), symbol_added], ids=["field with default", "enum symbol"])
def test_what_may_be_added_passes(law: Law, change: Callable[[Schema], object]) -> None:
    law.next_version(RECALL, change)
    assert {flaw.code for flaw in law.flaws()} == {"not_locked"}


def test_all_pairs_are_compared_and_not_only_neighbours(law: Law) -> None:
    """2 drops a field, 3 brings it back: 3 fits 1, and 2 fits neither."""
    law.next_version(RECALL, without("hazard"))
    law.write(f"{RECALL}/3.avsc", law.read(f"{RECALL}/1.avsc"))
    flaws = [flaw for flaw in law.flaws() if flaw.code in ("field_removed", "default_missing")]
    assert [flaw.path for flaw in flaws] == [f"{RECALL}/2.avsc#hazard"]


DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}


@pytest.mark.parametrize(
    ("was", "is_"),
    [
        (DECIMAL, DECIMAL | {"scale": 3}),
        (DECIMAL, DECIMAL | {"precision": 8}),
        ({"type": "long", "logicalType": "timestamp-millis"}, {"type": "long", "logicalType": "timestamp-micros"}),
        ({"type": "long", "logicalType": "timestamp-millis"}, {"type": "long", "logicalType": "local-timestamp-millis"}),
    ],
    ids=["decimal scale", "decimal precision", "timestamp unit", "timestamp kind"],
)
def test_a_changed_meaning_of_equal_bytes_is_refused_though_the_stock_checker_lets_it_pass(was: Schema, is_: Schema) -> None:
    older, newer = (
        {"type": "record", "name": "R", "namespace": "chuanyu.recall", "fields": [{"name": "x", "type": schema}]} for schema in (was, is_)
    )
    assert avro_library.unreadable(older, newer) == ()
    assert [flaw.code for flaw in versions.between("x", older, newer)] == ["logical_type"]


def test_one_changed_byte_of_a_locked_schema_is_refused(law: Law) -> None:
    """A word in a doc, a class, a blank: each alone."""
    for old, new, code in (("公告标题 · As", "公告标题 · as", "schema_changed"), ("},\n", "}, \n", "layout")):
        path = law.root / RECALL / "1.avsc"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        assert law.codes() == {code}
        path.write_text(text, encoding="utf-8")
    assert law.flaws() == []


def test_a_changed_common_changes_every_event_that_uses_it(law: Law) -> None:
    law.change("common/party/1.avsc", marked("address", chuanyu_class="L2"))
    changed = {flaw.path for flaw in law.flaws() if flaw.code == "schema_changed"}
    subjects = {"credit/sanction_imposed", "recall/notice_issued", "spotcheck/result_reported", "warning/alert_raised"}
    subjects |= {"reference/certificate_changed", "spotcheck/objection_raised"}
    assert changed == {f"{event}/1.avsc" for event in subjects}


def test_a_common_grows_by_an_edition_and_events_follow_with_a_version(law: Law) -> None:
    """The locked events keep the old edition; until the newest ones follow, they are refused."""
    schema = law.read("common/legal_basis/1.avsc")
    with_field()(schema)
    law.write("common/legal_basis/3.avsc", schema)
    outdated = {flaw.path for flaw in law.flaws()}
    assert {flaw.code for flaw in law.flaws()} == {"edition"}
    newest = {path.rpartition("/")[0]: path for path in sorted(lock.read(TREE).lines)}
    assert outdated == {path for path in newest.values() if not path.startswith("system/")}
    for path in outdated:
        law.next_version(path.rpartition("/")[0], lambda event: event.update({"chuanyu.edition": 3}))
    assert {flaw.code for flaw in law.flaws()} == {"not_locked"}


def relined(law: Law, change: Callable[[list[str]], object]) -> None:
    path = law.root / lock.NAME
    lines = path.read_text(encoding="utf-8").splitlines()
    change(lines)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_an_id_given_twice_is_refused(law: Law) -> None:
    relined(law, lambda lines: lines.__setitem__(2, lines[2].replace("2 ", "1 ", 1)))
    assert law.codes() == {"id_reused", "id_lost"}


def test_a_lost_line_is_refused(law: Law) -> None:
    relined(law, lambda lines: lines.pop(3))
    assert {flaw.code for flaw in law.flaws()} == {"id_lost", "not_locked"}


def test_ids_that_changed_places_are_refused(law: Law) -> None:
    """Records under both ids exist: the golden bytes tell."""

    def swap(lines: list[str]) -> None:
        (one, first), (two, second) = (line.split(" ", 1) for line in lines[1:3])
        lines[1:3] = [f"{one} {second}", f"{two} {first}"]

    relined(law, swap)
    assert law.codes() == {"example"}


def test_a_line_with_another_digest_or_fingerprint_is_refused(law: Law) -> None:
    for at in (-1, -40):
        relined(law, lambda lines, at=at: lines.__setitem__(1, _other_digit(lines[1], at)))
        assert law.codes() == {"schema_changed"}
        (law.root / lock.NAME).write_bytes((TREE / lock.NAME).read_bytes())


def _other_digit(line: str, at: int) -> str:
    at %= len(line)
    return line[:at] + ("0" if line[at] != "0" else "1") + line[at + 1 :]


def test_an_ill_written_line_is_refused(law: Law) -> None:
    relined(law, lambda lines: lines.append("fourteen recall/notice_issued/2.avsc"))
    assert law.codes() == {"lock_malformed"}


def test_a_removed_schema_is_refused(law: Law) -> None:
    for path in sorted((law.root / RECALL).iterdir(), reverse=True):
        path.unlink()
    assert law.codes() == {"schema_removed"}


def test_a_version_left_out_is_refused(law: Law) -> None:
    law.next_version(RECALL, with_field())
    (law.root / RECALL / "2.avsc").rename(law.root / RECALL / "3.avsc")
    assert law.codes() == {"version_gap", "changelog"}


def test_a_version_that_no_changelog_tells_of_is_refused(law: Law) -> None:
    law.write(f"{RECALL}/2.avsc", law.read(f"{RECALL}/1.avsc"))
    assert law.codes() == {"changelog"}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("Recall/NoticeIssued/1.avsc", "path"),
        ("recall/notice_issued/one.avsc", "path"),
        ("tourism/trip_made/1.avsc", "family"),
        ("recall/notes.txt", "stray"),
    ],
)
def test_a_file_in_a_wrong_place_is_refused(law: Law, path: str, code: str) -> None:
    law.write(path, law.read("recall/notice_issued/1.avsc"))
    assert code in law.codes()


def test_a_file_that_is_no_json_is_refused(law: Law) -> None:
    for text in ("{", '{"type": "record", "type": "enum"}', '"string"', "[]", "3"):
        (law.root / RECALL / "1.avsc").write_text(text, encoding="utf-8")
        assert law.codes() & {"json", "shape"}


def test_a_name_defined_by_two_events_is_refused(law: Law) -> None:
    law.unlock()
    law.change("credit/sanction_lifted/1.avsc", lambda s: type_of(s, "basis").update(name="Severity"))
    assert law.codes() == {"name_taken"}


def golden(law: Law, change: Callable[[list[dict[str, Any]]], object]) -> set[str]:
    entries: Any = law.read(f"{RECALL}/examples.json")
    change(entries)
    law.write(f"{RECALL}/examples.json", entries)
    return law.codes()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda entries: entries[1].update(hex=entries[1]["hex"][:-2] + "02"), "example"),
        (lambda entries: entries[1].update(hex=entries[0]["hex"]), "example"),
        (lambda entries: entries[0]["value"].update(level="特级"), "example"),
        (lambda entries: entries[0].update(hex="0000000001" + entries[0]["hex"][10:]), "example"),
        (lambda entries: entries[3].update(fault="field_missing"), "example"),
        (lambda entries: entries[0].pop("hex"), "example_incomplete"),
        (lambda entries: entries.pop(0), "examples"),
        (lambda entries: entries.clear(), "examples"),
        (lambda entries: entries[0].update(note="?"), "examples"),
        (lambda entries: entries[0].update(name="full"), "examples"),
    ],
)
def test_an_example_that_is_not_what_it_says_is_refused(law: Law, change: Any, code: str) -> None:
    assert golden(law, change) == {code}


def test_every_fault_names_a_place_and_what_to_do(law: Law) -> None:
    law.change(f"{RECALL}/1.avsc", marked("title", doc=...))
    flaw = next(flaw for flaw in gate.flaws(law.root) if flaw.code == "doc")
    assert flaw.path == f"{RECALL}/1.avsc#title"
    assert flaw.text in str(flaw)
    assert flaw.remedy in str(flaw)
    assert all(flaw.remedy for flaw in law.flaws())
