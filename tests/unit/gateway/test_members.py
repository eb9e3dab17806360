"""Who may say what: denied by default, every fault of the file at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chuanyu.gateway import members
from chuanyu.gateway.members import Member
from chuanyu.kernel.faults import SettingsIncomplete

CHENGDU = {"id": "chengdu-amr", "name": "成都市市场监督管理局", "division": "510100", "publishes": ["spotcheck", "recall.notice_issued"]}


def one(**changes: object) -> Member:
    (member,) = members.parse({"members": [CHENGDU | changes]}, "sichuan").values()
    return member


def test_a_family_in_the_list_allows_all_its_events_and_an_event_only_itself() -> None:
    assert one().may_publish("spotcheck", "result_reported")
    assert one().may_publish("recall", "notice_issued")
    assert not one().may_publish("recall", "progress_reported")
    assert not one().may_publish("credit", "sanction_imposed")


def test_whoever_lists_nothing_may_publish_nothing() -> None:
    assert not one(publishes=[]).may_publish("spotcheck", "result_reported")


def test_a_person_has_no_right_to_publish() -> None:
    found = members.parse({"members": [CHENGDU], "persons": [{"id": "coordinator", "name": "联合检查协调员"}]}, "sichuan")
    assert not found["coordinator"].publishes and found["coordinator"].clearance == "L1"


@pytest.mark.parametrize(
    ("jurisdiction", "division", "inside"),
    [
        (["510100"], "510104", True),
        (["510100"], "510100", True),
        (["510100"], "511502", False),
        (["510100"], "510000", False),
        (["510000"], "511502", True),
        (["510000"], "500103", False),
        (["500103"], "500103", True),
        (["500103"], "500101", False),
        (["500157"], "500112", True),  # 渝北区 became 两江新区
        (["510100"], "512081", True),  # 简阳 came to 成都
        (["510100", "511500"], "511502", True),
    ],
)
def test_s8_jurisdiction_reaches_what_lies_inside_and_what_came_to_it(jurisdiction: list[str], division: str, inside: bool) -> None:
    assert one(jurisdiction=jurisdiction).answers_for(division) is inside


def test_jurisdiction_left_out_is_the_own_division() -> None:
    assert one().jurisdiction == ("510100",)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "Chengdu AMR"},
        {"name": ""},
        {"division": 510100},
        {"jurisdiction": ["5101"]},
        {"publishes": ["spotcheck.*"]},
        {"clearance": "L5"},
        {"province": "chongqing"},
        {"allows": ["everything"]},
    ],
)
def test_a_faulty_entry_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(SettingsIncomplete):
        one(**changes)


def test_all_faults_of_the_file_are_named_at_once() -> None:
    with pytest.raises(SettingsIncomplete) as refused:
        members.parse({"members": [CHENGDU | {"clearance": "L9"}, CHENGDU | {"id": "b", "name": ""}, "c", CHENGDU, CHENGDU]}, "sichuan")
    for word in ("clearance", "name is missing", "entry 3", "chengdu-amr stands twice"):
        assert word in str(refused.value)


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "members: {", "guests: []\n"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "members.yaml"
    file.write_text(content)
    with pytest.raises(SettingsIncomplete):
        members.load(file, "sichuan")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsIncomplete):
        members.load(tmp_path / "none.yaml", "sichuan")


def test_the_file_gives_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "members.yaml"
    file.write_text(yaml.safe_dump({"members": [CHENGDU]}, allow_unicode=True), encoding="utf-8")
    assert members.load(file, "sichuan") == {"chengdu-amr": one()}
