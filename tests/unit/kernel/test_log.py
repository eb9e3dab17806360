"""P6: whatever is thrown at the log, a payload does not come out of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.kernel import log
from chuanyu.kernel.faults import RecordMalformed, SealInvalid, SettingsIncomplete, StoreAway, StoreMisused


class Lines(io.StringIO):
    def last(self) -> dict[str, object]:
        line = self.getvalue().splitlines()[-1]
        return json.loads(line)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def lines() -> Iterator[Lines]:
    stream = Lines()
    log.to(stream, province="sichuan")
    yield stream
    log.to()


def test_an_outcome_is_one_line_of_json(lines: Lines) -> None:
    before = len(lines.getvalue().splitlines())
    log.outcome("applied", event_id=UUID(int=1), case_id="sichuan/spotcheck/XBJ1", count=3, ms=1.23456, code=None)
    line = lines.last()
    assert len(lines.getvalue().splitlines()) == before + 1
    assert line.pop("at")
    assert line == {
        "event": "applied",
        "level": "info",
        "province": "sichuan",
        "event_id": str(UUID(int=1)),
        "case_id": "sichuan/spotcheck/XBJ1",
        "count": 3,
        "ms": 1.235,
    }


def test_a_fact_of_an_unknown_name_is_our_mistake(lines: Lines) -> None:
    for name in ("payload", "name", "phone", "message", "error", "value"):
        with pytest.raises(KeyError):
            log.outcome("applied", **{name: "x"})


def test_an_event_is_a_word_not_a_sentence(lines: Lines) -> None:
    for event in ("张三 submitted", "applied 3", "", "Applied"):
        with pytest.raises(ValueError, match="snake_case"):
            log.outcome(event)


SECRETS = ["张三", "13800138000 张三", "四川省成都市高新区天府大道1号", "a b", "x\ny", {"name": "x"}, ["x"], b"x", "一" * 300]


@pytest.mark.parametrize("name", log.FACTS)
def test_p6_a_value_of_another_form_is_withheld(lines: Lines, name: str) -> None:
    for secret in SECRETS:
        log.outcome("applied", **{name: secret})
        assert lines.last()[name] == log.WITHHELD


CONTENT = st.text(st.characters(categories=["Lo", "Zs", "Cc"]), min_size=1) | st.binary() | st.dictionaries(st.text(), st.text())


@given(st.sampled_from(sorted(log.FACTS)), CONTENT)
def test_p6_no_text_of_people_comes_out(lines: Lines, name: str, value: object) -> None:
    log.outcome("applied", **{name: value})
    assert lines.last()[name] == log.WITHHELD


def test_p6_a_fault_is_logged_by_its_code_and_facts(lines: Lines) -> None:
    log.fault("refused", SealInvalid("secret 张三", why="key_expired", key_id="0123456789abcdef", payload="张三"), topic="sichuan.recall")
    line = lines.last()
    assert (line["code"], line["why"], line["topic"]) == ("seal_invalid", "key_expired", "sichuan.recall")
    assert "张三" not in lines.getvalue()


def test_p6_only_our_own_words_are_quoted(lines: Lines) -> None:
    log.fault("stopped", SettingsIncomplete("CHUANYU_KAFKA is missing"))
    assert lines.last()["says"] == "CHUANYU_KAFKA is missing"
    for fault in (StoreMisused("Key (phone)=(13800138000)"), StoreAway("13800138000"), RecordMalformed("13800138000")):
        log.fault("stopped", fault)
        assert "13800138000" not in lines.getvalue()


def test_p6_a_crash_says_where_and_not_what(lines: Lines) -> None:
    try:
        int("13800138001")
        raise ValueError("13800138001")
    except ValueError as error:
        log.crash("stopped", error, service="recall")
    line = lines.last()
    assert (line["why"], line["service"], line["level"]) == ("ValueError", "recall", "error")
    assert str(line["address"]).split(":")[0].endswith("test_log")
    assert "13800138001" not in lines.getvalue()
