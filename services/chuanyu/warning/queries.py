"""All SQL of warning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from chuanyu.casework.case import Fact
from chuanyu.contracts.case import WithdrawalBasis, Withdrawn
from chuanyu.contracts.common import CaseHead
from chuanyu.kernel.store import Connection, Migrations
from chuanyu.warning.rules import Alert, Conclusion, Failure, Result, Subject

MIGRATIONS = Migrations("warning", Path(__file__).parent / "migrations")
_SAMPLES, _SUBJECTS, _TURNS = 0x7761_726E, 0x7761_726F, 0x7761_7270  # advisory locks, taken in this order

_ADD = (
    "INSERT INTO warning.statement (case_id, logicaltime, topic, sequence, event_id, source, kind, names, overturns, stands,"
    " day, subject, name, uscc, division, decides)"
    " SELECT * FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::bigint[], %b::uuid[], %b::text[], %b::text[], %b::uuid[], %b::bool[],"
    " %b::bool[], %b::int[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[]) ON CONFLICT DO NOTHING"
)
_EVIDENCE = "event_id, split_part(topic, '.', 1), day, subject, name, uscc, division, decides"


def add(connection: Connection, facts: Sequence[tuple[str, Fact, bool]]) -> None:
    """Keeps what was stated about samples: case, fact, and whether it is evidence."""
    connection.execute(_ADD, [list(column) for column in zip(*(_row(*each) for each in facts), strict=True)])


def _row(case_id: str, fact: Fact, stands: bool) -> list[object]:
    event = fact.event
    kind, names = _kind(event)
    said: list[object] = [case_id, *fact.order, UUID(bytes=fact.id), fact.source, kind, UUID(names) if names else None]
    said += [isinstance(event, Conclusion) and event.overturns, stands]
    if not isinstance(event, Result) or event.found is None:
        return said + [None] * 6
    failure, subject = event.found
    return [*said, failure.day, subject.key, subject.name, subject.uscc, subject.division, subject.decides]


def _kind(event: object) -> tuple[str, str | None]:
    if isinstance(event, Withdrawn):
        return "WITHDRAWAL", event.event_id
    assert isinstance(event, Result | Conclusion)
    return "RESULT" if isinstance(event, Result) else "CONCLUSION", event.head.correction_of


def known(connection: Connection, cases: Collection[str]) -> set[str]:
    """Those of the samples about which something is kept already."""
    rows = connection.execute(
        "SELECT c.id FROM unnest(%b::text[]) AS c(id) WHERE EXISTS (SELECT FROM warning.statement s WHERE s.case_id = c.id)", [list(cases)]
    )
    return {case for (case,) in rows}


def history(connection: Connection, cases: Iterable[str]) -> dict[str, list[Fact]]:
    """All that was stated about these samples."""
    found: dict[str, list[Fact]] = {}
    for case, logicaltime, topic, sequence, source, kind, names, overturns, event_id, *evidence in connection.execute(
        f"SELECT case_id, logicaltime, topic, sequence, source, kind, names, overturns, {_EVIDENCE}"
        " FROM warning.statement WHERE case_id = ANY(%s)",
        [list(cases)],
    ):
        event = _statement(case, kind, names, overturns, _found([event_id, *evidence]))
        found.setdefault(case, []).append(Fact((logicaltime, topic, sequence), event_id.bytes, source, 0, 0, event))
    return found


def _statement(case: str, kind: str, names: UUID | None, overturns: bool, found: tuple[Failure, Subject] | None) -> object:
    if kind == "WITHDRAWAL":
        return Withdrawn(head=CaseHead(case_id=case), event_id=str(names), basis=WithdrawalBasis.UNKNOWN, reason="")
    head = CaseHead(case_id=case, correction_of=str(names) if names else None)
    return Result(head, found) if kind == "RESULT" else Conclusion(head, overturns)


def _found(evidence: Sequence[Any]) -> tuple[Failure, Subject] | None:
    return (Failure(*evidence[:3]), Subject(*evidence[3:])) if evidence[2] is not None else None


def settle(connection: Connection, standing: Mapping[str, UUID | None]) -> set[str]:
    """Which version of each of these samples is evidence now, None for none; the subjects for whom that changes something."""
    rows = connection.execute(
        "UPDATE warning.statement s SET stands = s.event_id IS NOT DISTINCT FROM n.event_id"
        " FROM unnest(%b::text[], %b::uuid[]) AS n(case_id, event_id) WHERE s.case_id = n.case_id AND s.kind = 'RESULT'"
        " AND s.stands <> (s.event_id IS NOT DISTINCT FROM n.event_id) RETURNING s.subject",
        [list(standing), list(standing.values())],
    )
    return {subject for (subject,) in rows}


def hold(connection: Connection, cases: Collection[str]) -> None:
    """Keeps other processes from these samples until the transaction ends: what is said of one comes on the topics of two provinces."""
    _lock(connection, _SAMPLES, cases)


def lock(connection: Connection, subjects: Collection[str]) -> None:
    """Keeps other processes from deciding about these subjects until the transaction ends."""
    _lock(connection, _SUBJECTS, subjects)


def take_turns(connection: Connection) -> None:
    """Keeps other processes from what they do after this until the transaction ends."""
    _lock(connection, _TURNS, [""])


def _lock(connection: Connection, kind: int, words: Collection[str]) -> None:
    connection.execute(
        "SELECT pg_advisory_xact_lock(%s, hash) FROM (SELECT DISTINCT hashtext(word) AS hash FROM unnest(%b::text[]) AS w(word)"
        " ORDER BY hash) AS sorted",
        [kind, list(words)],
    )


def failures(connection: Connection, subjects: Collection[str], province: str) -> dict[str, dict[Failure, Subject]]:
    """The failures that stand, by subject, of those of whom this province's node decides."""
    found: dict[str, dict[Failure, Subject]] = {}
    for row in connection.execute(
        f"SELECT {_EVIDENCE} FROM warning.statement WHERE stands AND subject = ANY(%s) AND decides = %s", [list(subjects), province]
    ):
        found.setdefault(row[3], {})[Failure(*row[:3])] = Subject(*row[3:])
    return found


def alerts(connection: Connection, subjects: Collection[str]) -> dict[str, dict[int, Alert]]:
    """What this node has said last, by subject and period: what has not come back yet is newer than what has."""
    found: dict[str, dict[int, Alert]] = {}
    for subject, period, *alert in connection.execute(
        "SELECT DISTINCT ON (subject, period) subject, period, alert_id, case_id, evidence, event_id FROM warning.said"
        " WHERE subject = ANY(%s) ORDER BY subject, period, logicaltime DESC NULLS FIRST, place DESC",
        [list(subjects)],
    ):
        found.setdefault(subject, {})[period] = Alert(alert[0], alert[1], tuple(alert[2]), alert[3])
    return found


_SAID = (
    "INSERT INTO warning.said (event_id, logicaltime, case_id, subject, period, alert_id, evidence) VALUES (%s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (event_id) DO UPDATE SET logicaltime = coalesce(excluded.logicaltime, warning.said.logicaltime)"
)


def say(connection: Connection, subject: str, period: int, alert: Alert, logicaltime: int | None = None) -> None:
    """Writes down what was said of a period. logicaltime: once it has come back."""
    connection.execute(_SAID, [alert.last, logicaltime, alert.case_id, subject, period, alert.id, list(alert.evidence)])


def of_case(connection: Connection, case_id: str) -> tuple[str, int] | None:
    """Subject and period of an alert's case."""
    row = connection.execute("SELECT subject, period FROM warning.said WHERE case_id = %s LIMIT 1", [case_id]).fetchone()
    return (row[0], row[1]) if row else None


def postpone(connection: Connection, subjects: Collection[str]) -> None:
    """Keeps subjects until a rebuild may decide."""
    connection.execute("INSERT INTO warning.undecided SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", [sorted(subjects)])


def postponed(connection: Connection) -> set[str]:
    """Takes those out."""
    return {subject for (subject,) in connection.execute("DELETE FROM warning.undecided RETURNING subject")}


def to_be_read_again(connection: Connection) -> list[str]:
    """Takes out the families whose records a migration wants read from their beginning."""
    return [family for (family,) in connection.execute("DELETE FROM warning.again RETURNING family")]
