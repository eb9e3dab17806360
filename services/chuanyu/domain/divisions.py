"""Divisions (行政区划, GB/T 2260) of both provinces with the years of their names, and the codes of the other provinces."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from types import MappingProxyType
from typing import Literal

from chuanyu.domain.tables import table

Level = Literal["province", "prefecture", "county"]
Status = Literal["CURRENT", "HISTORIC", "UNKNOWN"]

SICHUAN, CHONGQING = "510000", "500000"
# Sichuan's until 1997, Chongqing's places today: domain 3.2, and their own predecessors 5122, 5123.
_MOVED_TO_CHONGQING = frozenset({"5102", "5112", "5114", "5122", "5123", "5135"})
_SPLIT = frozenset({"500112"})


@dataclass(frozen=True, slots=True)
class Division:
    """One name of one code. Years are inclusive at both ends; null is open. A code may have carried several names and places."""

    code: str
    name: str
    level: Level
    parent: str | None
    from_year: int | None
    to_year: int | None

    def valid(self, year: int) -> bool:
        """Whether the code meant this in that year."""
        return (self.from_year is None or self.from_year <= year) and (self.to_year is None or year <= self.to_year)

    @property
    def is_place(self) -> bool:
        """False for the pseudo levels 市辖区, 县 and 市, which are read as the level above."""
        return self.name not in ("市辖区", "县", "市", "市区")


def divisions() -> tuple[Division, ...]:
    """Every name of every code under 50 and 51, in order of code and time."""
    return _divisions()


def status(code: str, year: int) -> Status:
    """CURRENT: open or ending in that year or later; HISTORIC: ended; UNKNOWN: in no table. Other provinces are known as of today only."""
    if rows := _by_code().get(code):
        return "CURRENT" if any(row.to_year is None or row.to_year >= year for row in rows) else "HISTORIC"
    return "CURRENT" if code in _elsewhere() else "UNKNOWN"


def is_known(code: str) -> bool:
    """Whether any table has or had the code."""
    return code in _by_code() or code in _elsewhere()


def name(code: str, year: int) -> str | None:
    """What the code was called in that year, else last, else first; null if it is in no table."""
    row = _row(code, year)
    return row.name if row else _elsewhere().get(code)


def full_name(code: str, year: int) -> str | None:
    """The name with those above it: 四川省宜宾市翠屏区. Null if the code is in no table."""
    parts = [name(part, year) for part in dict.fromkeys((code[:2] + "0000", code[:4] + "00", code)) if _names_a_place(part, year)]
    return "".join(filter(None, parts)) if name(code, year) else None


def successor(code: str) -> str:
    """The code that took over from an ended one, else the code itself. Pairs derived from names and years, to be checked."""
    return _successors().get(code, code)


def was_split(code: str, year: int) -> bool:
    """Whether the place ended by then and its successor got only most of it: five towns of 渝北 went to 北碚 (to be checked)."""
    return code in _SPLIT and status(code, year) == "HISTORIC"


def acting(code: str, year: int) -> str:
    """Whose duty a place is in that year: its successor if it ended; where there is none, the nearest level above."""
    heir = successor(code) if status(code, year) == "HISTORIC" else code
    if heir[:2] not in ("50", "51"):
        return heir
    levels = (heir, heir[:4] + "00", heir[:2] + "0000")
    return next(level for level in levels if level.endswith("0000") or (status(level, year) == "CURRENT" and _names_a_place(level, year)))


def above(code: str) -> tuple[str, ...]:
    """The levels above a division, the nearest first: 区县 → 市州 → 省, under Chongqing 区县 → 市."""
    parent = _parent(code)
    return (parent, *above(parent)) if parent else ()


def province_of(code: str | None, year: int | None = None) -> str | None:
    """Today's province of a code as xx0000, null for none. What Sichuan ceded in 1997 is Chongqing's; the year settles reused codes."""
    if code is None or code[:2] + "0000" not in _provinces():
        return None
    if code[:4] in _MOVED_TO_CHONGQING:
        row = _row(code, 9999 if year is None else year)
        if row and row.to_year and row.to_year <= 1997:
            return CHONGQING
    return code[:2] + "0000"


def _names_a_place(code: str, year: int) -> bool:
    row = _row(code, year)
    return row.is_place if row else code in _elsewhere()


def _row(code: str, year: int) -> Division | None:
    rows = _by_code().get(code)
    if not rows:
        return None
    ended = [row for row in rows if row.to_year is not None and row.to_year < year]
    return next((row for row in rows if row.valid(year)), ended[-1] if ended else rows[0])


@cache
def _divisions() -> tuple[Division, ...]:
    rows = [_division(row) for row in table("divisions_sichuan_chongqing.csv")]
    return tuple(sorted(rows, key=lambda row: (row.code, row.to_year or 9999)))


@cache
def _by_code() -> Mapping[str, tuple[Division, ...]]:
    return MappingProxyType({code: tuple(rows) for code, rows in groupby(_divisions(), key=lambda row: row.code)})


@cache
def _elsewhere() -> Mapping[str, str]:
    return MappingProxyType({row["code"]: row["name"] for row in table("divisions_elsewhere.csv")})


@cache
def _provinces() -> frozenset[str]:
    return frozenset({SICHUAN, CHONGQING} | {code for code in _elsewhere() if code.endswith("0000")})


@cache
def _successors() -> Mapping[str, str]:
    return MappingProxyType({row["code"]: row["successor"] for row in table("divisions_successors.csv")})


def _division(row: dict[str, str]) -> Division:
    code = row["code"]
    return Division(code, row["name"], _level(code), _parent(code), _year(row["from_year"]), _year(row["to_year"]))


def _level(code: str) -> Level:
    return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") and code[:2] != "50" else "county"


def _parent(code: str) -> str | None:
    if code.endswith("0000"):
        return None
    return code[:2] + "0000" if code.endswith("00") or code[:2] == "50" else code[:4] + "00"


def _year(text: str) -> int | None:
    return int(text) if text else None


def stem(division: str) -> str:
    """510000 → 51, 510100 → 5101, 510104 → 510104: what codes inside it begin with."""
    return division[:2] if division.endswith("0000") else division[:4] if division.endswith("00") else division
