"""What the runbooks tell people to type is understood: every `chuanyu parked` of theirs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from chuanyu.cli import parked

RUNBOOKS = Path(__file__).parents[3] / "docs" / "runbooks"
TYPED = sorted(
    {
        line
        for path in RUNBOOKS.glob("*.md")
        for line in re.findall(r"(?:^|`)chuanyu (parked [^`\n]+)", path.read_text("utf-8"), re.MULTILINE)
    }
)


def test_the_runbooks_tell_how_to_decide() -> None:
    assert {line.split()[1] for line in TYPED} == {"list", "show", "release", "discard"}
    assert len(TYPED) > 10


@pytest.mark.parametrize("line", TYPED)
def test_what_a_runbook_tells_to_type_is_understood(line: str) -> None:
    words = [re.sub("^(编号|NO)$", "17", word) for word in shlex.split(line, comments=True)[1:]]
    command = parked.command.commands[words[0]]
    context = command.make_context(words[0], words[1:])
    assert isinstance(context, click.Context) and context.params["name"] == "ops"
