"""What a command leaves with when it cannot even ask: never the 1 that means "no"."""

from __future__ import annotations

from pathlib import Path

import pytest

from chuanyu.cli import AWAY, WRONG_USE, main
from chuanyu.cli.connect import Caller, TurnedAway

SAMPLE = ("check", "sample", "XBJ26500103999900001")


def left_with(*arguments: str) -> object:
    """The exit status."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return left.value.code


@pytest.mark.parametrize("command", [("status",), ("topics", "lag"), SAMPLE], ids="-".join)
def test_where_no_bus_runs_it_is_away(command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(*command, "--dir", str(tmp_path)) == AWAY
    assert f"Error: No bus runs in {tmp_path}. Start it with `chuanyu up --dir" in capsys.readouterr().err


def test_a_member_without_credentials_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(*SAMPLE, "--dir", str(tmp_path), "--at", "127.0.0.1:1", "--as", "nobody") == WRONG_USE
    assert "There are no credentials of nobody" in capsys.readouterr().err


def test_a_question_that_the_node_turns_away_is_not_answered_with_no(monkeypatch: pytest.MonkeyPatch) -> None:
    def turn_away(*_: object) -> None:
        raise TurnedAway("member_unknown", "成员未登记 | member not registered")

    monkeypatch.setattr(Caller, "ask", turn_away)
    assert left_with(*SAMPLE) == WRONG_USE


def test_every_missing_variable_has_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    missing = ["CHUANYU_KAFKA", "CHUANYU_DATABASE"]
    for name in missing:
        monkeypatch.delenv(name, raising=False)
    assert left_with("run", "gateway", "--check") == WRONG_USE
    said = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in said if line.startswith(tuple(missing))] == missing
    assert said[-1] == "What to do: docs/runbooks/settings_incomplete.md."
