"""
One structured line per outcome, JSON on standard error. Never a payload, never a person.

What a line may hold is a closed list of facts, each with the form of its values; a fact of another name is a mistake of ours and raises,
a value of another form is replaced by `withheld`, so that no payload slips in through a known name either (P6).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from enum import Enum
from typing import Any, TextIO
from uuid import UUID

import structlog

from chuanyu.kernel.faults import Fault

WITHHELD = "withheld"

_Form = Callable[[Any], bool]


def _text(pattern: str) -> _Form:
    whole = re.compile(pattern).fullmatch
    return lambda value: isinstance(value, str) and whole(value) is not None


def _number(value: Any) -> bool:
    return isinstance(value, int | float)


_uuid = _text(r"[0-9a-f-]{36}")
_word = _text(r"[A-Za-z0-9_.-]{1,64}")
_path = _text(r"/?[A-Za-z0-9_./:-]{1,200}")

# name → form. Case ids are business keys (a sample number) or hashes, sources are member ids: neither is a person.
FACTS: dict[str, _Form] = {
    "event_id": lambda value: isinstance(value, UUID) or _uuid(value),
    "case_id": _text(r"[a-z][a-z0-9]*/[a-z]+/[A-Za-z0-9._-]{1,64}"),
    "type": _text(r"chuanyu\.[a-z0-9_.]{1,80}"),
    "source": _text(r"/[a-z][a-z0-9]*/[A-Za-z0-9._-]{1,64}"),
    "trace_id": _text(r"[0-9a-f]{32}"),
    "service": _word,
    "province": _word,
    "member": _word,
    "family": _word,
    "topic": _word,
    "outcome": _word,
    "state": _word,
    "code": _word,
    "why": _word,
    "key_id": _text(r"[0-9a-f]{16}"),
    "method": _path,
    "address": _path,
    "version": _word,
    "signal": _word,
    "sqlstate": _word,
    "kafka_code": lambda value: _number(value) or _word(value),
    "partition": _number,
    "sequence": _number,
    "offset": _number,
    "count": _number,
    "resent": _number,
    "status": lambda value: _number(value) or _word(value),
    "ms": _number,
    "age_seconds": _number,
    "pid": _number,
}

_LOG = structlog.get_logger()


def to(stream: TextIO = sys.stderr, **always: str) -> None:
    """Sends the lines to a stream. always: facts that every line of this process carries, such as its province."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    global _LOG
    _LOG = structlog.get_logger().bind(**_allowed(always))


def outcome(event: str, **facts: Any) -> None:
    """Something ended as it should. event: a snake_case word that never changes. Raises KeyError for a fact that is not in FACTS."""
    _LOG.info(_named(event), **_allowed(facts))


def fault(event: str, error: Fault, **facts: Any) -> None:
    """Something ended in a fault: its code, those of its facts that may be logged, and its message when that is all our own words."""
    own = {name: value for name, value in error.facts.items() if name in FACTS}
    says = {"says": str(error)} if error.explains else {}
    _LOG.warning(_named(event), code=error.code, **_allowed({**own, **facts}), **says)


def crash(event: str, error: BaseException, **facts: Any) -> None:
    """Something ended in an exception that is no fault of the tree: its type and where, never what it says."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = {} if at is None else {"address": f"{at.tb_frame.f_globals.get('__name__', '')}:{at.tb_lineno}"}
    _LOG.error(_named(event), **_allowed({"why": type(error).__name__, **place, **facts}))


def _named(event: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", event):
        raise ValueError("the event of a log line is a snake_case word, not a sentence with values in it")
    return event


def _allowed(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) if FACTS[name](value) else WITHHELD for name, value in facts.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return round(value, 3) if isinstance(value, float) else str(value) if isinstance(value, UUID) else value
