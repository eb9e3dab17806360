"""C1, C2, C3: what an event costs its case, with few cases in the tables and with many, in a short case and in a long one; what the looks
cost that a node takes as time passes. One service's transaction over a real database, without broker."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median

import psycopg

from bench.figures import Figure
from bench.ground import Ground
from chuanyu.casework import coming, queries
from chuanyu.kernel.store import Arrived
from chuanyu.spotcheck.handlers import service
from kit.cases import CASE, NOON, PROVINCES, WANZHOU, YIBIN, YUZHONG, Talk, follow_up, result
from kit.nodes import Node
from kit.rig import HERE

BATCH = 500
_ROUNDS = 12
_FEW = 10  # cases in the short run, as a share of the long one: one in so many
_MONTH = 30 * 86_400_000


def measure(ground: Ground, cases: int) -> list[Figure]:
    """cases: how many failed samples the tables hold in the end; each owes six or seven things."""
    with _database(ground.rig.nodes[HERE].conninfo) as conninfo:
        node, talk = Node("chongqing", conninfo, service(PROVINCES)), Talk()
        _fill(node, talk, range(cases // _FEW))
        few = _cost(node, talk, cases // _FEW)
        _fill(node, talk, range(cases // _FEW, cases))
        node.connection.execute("ANALYZE")
        many = _cost(node, talk, cases)
        owed, looks = _count(node), _looks(node, talk.now)
        tenth, last = _long(node)
        node.connection.close()
    return [
        Figure("C1", f"an event with {cases:,} cases", many, "µs", (f"with {cases // _FEW:,}", few), "≤ 1.15×", many <= 1.15 * few),
        Figure("C2", f"looks at {owed:,} obligations", sum(looks.values()), "ms", None, "≤ 20 ms", sum(looks.values()) <= 20, looks),
        Figure("C3", "the 500th follow-up of a case", last, "µs", ("the 10th", tenth), "≤ 3×", last <= 3 * tenth),
    ]


@contextmanager
def _database(conninfo: str) -> Iterator[str]:
    """A database of its own on the same server."""
    name = f"bench_{secrets.token_hex(6)}"
    with psycopg.connect(conninfo, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}")
        known = psycopg.conninfo.conninfo_to_dict(conninfo)
        yield psycopg.conninfo.make_conninfo(**{**known, "dbname": name})
        administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _case(number: int) -> str:
    return f"chongqing/spotcheck/B{number:08}"


def _samples(talk: Talk, numbers: Iterable[int]) -> list[Arrived]:
    producers = [YIBIN, WANZHOU]
    return [
        talk.say("chongqing", result(producer=producers[number % 2], sampled=YUZHONG, case=_case(number)), secrets.token_hex(8))
        for number in numbers
    ]


def _fill(node: Node, talk: Talk, numbers: range) -> None:
    for start in range(numbers.start, numbers.stop, BATCH):
        _hear(node, talk, _samples(talk, range(start, min(start + BATCH, numbers.stop))))


def _hear(node: Node, talk: Talk, batch: Sequence[Arrived]) -> None:
    talk.arrivals.clear()
    node.said.clear()
    node.hears(batch, now=talk.now)


def _cost(node: Node, talk: Talk, cases: int) -> float:
    """Median of µs an event, in batches half of which open a case and half of which add to one at random."""
    dice, took = random.Random(cases), []
    for turn in range(_ROUNDS):
        fresh = _samples(talk, range(10**7 + cases * 100 + turn * BATCH, 10**7 + cases * 100 + turn * BATCH + BATCH // 2))
        known = dice.sample(range(cases), BATCH // 2)
        added = [talk.say("chongqing", follow_up(YUZHONG, case=_case(number)), secrets.token_hex(8)) for number in known]
        took.append(1e6 * _took(lambda batch=[*fresh, *added]: _hear(node, talk, batch)) / BATCH)  # type: ignore[misc]
    return median(took)


def _looks(node: Node, now: int) -> dict[str, float]:
    """Median of ms that each look takes, while about half of what is owed is late."""
    topics = ["sichuan.spotcheck", "chongqing.spotcheck"]
    acts: dict[str, Callable[[], object]] = {
        "owed ms": lambda: queries.owed(node.connection, now),
        "fell due ms": lambda: queries.fell_due(node.connection, now + _MONTH),
        "oldest ms": lambda: queries.oldest(node.connection, "chongqing"),
        "outstanding ms": lambda: queries.outstanding(node.connection, "chongqing"),
        "lapsed ms": lambda: coming.lapsed(node.connection, "chongqing", "spotcheck", topics, now),
        "ended ms": lambda: coming.ended(node.connection, "chongqing", "spotcheck", now),
        "silent ms": lambda: coming.silent(node.connection, "chongqing", "spotcheck", topics, now),
    }
    return {name: median(1e3 * _took(act) for _ in range(7)) for name, act in acts.items()}


def _count(node: Node) -> int:
    row = node.connection.execute("SELECT count(*) FROM cases.obligation").fetchone()
    return int(row[0]) if row else 0


def _long(node: Node) -> tuple[float, float]:
    """Median of µs that a follow-up costs, of those around the 10th and the last of 500, one a transaction."""
    talk, took = Talk(), []
    node.hears([talk.say("chongqing", result(producer=YIBIN, sampled=YUZHONG, case=CASE), secrets.token_hex(8))], now=NOON)
    for _ in range(500):
        said = talk.say("chongqing", follow_up(YUZHONG, case=CASE), secrets.token_hex(8))
        took.append(1e6 * _took(lambda said=said: node.hears([said], now=talk.now)))  # type: ignore[misc]
    return median(took[5:16]), median(took[-11:])


def _took(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
