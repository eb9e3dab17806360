"""The first command of a runbook is read at night: what it asks of the database must be a question that the database understands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chuanyu.casework import queries as cases
from chuanyu.gateway import queries as gateway
from chuanyu.kernel.store import Store, migrate
from chuanyu.recognition import queries as recognition

RUNBOOKS = Path(__file__).parents[3] / "docs" / "runbooks"
ASKED = [
    (path.stem, question)
    for path in sorted(RUNBOOKS.glob("*.md"))
    for question in re.findall(r'psql "\$CHUANYU_DATABASE" -c "([^"]+)"', path.read_text("utf-8"))
]


@pytest.fixture
def store(database: str) -> Store:
    made = Store(database)
    migrate(made, [gateway.MIGRATIONS, cases.MIGRATIONS, recognition.MIGRATIONS])
    return made


def test_every_first_command_is_understood_and_only_looks(store: Store) -> None:
    assert len(ASKED) > 10
    with store.connect(application="test") as connection:
        connection.execute("SET default_transaction_read_only = on")
        for page, question in ASKED:
            try:
                connection.execute(question.encode())
            except Exception as error:
                raise AssertionError(f"{page}: {question}") from error
