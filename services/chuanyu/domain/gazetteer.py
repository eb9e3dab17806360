"""Names of divisions, ready to be found at the start of an address: those of the year first, then those that ended, then later ones."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from chuanyu.domain.divisions import Division, divisions, province_of

SHORT_FORMS = {
    "阿坝州": "阿坝藏族羌族自治州",
    "甘孜州": "甘孜藏族自治州",
    "凉山州": "凉山彝族自治州",
    "石柱县": "石柱土家族自治县",
    "秀山县": "秀山土家族苗族自治县",
    "酉阳县": "酉阳土家族苗族自治县",
    "彭水县": "彭水苗族土家族自治县",
    "北川县": "北川羌族自治县",
    "峨边县": "峨边彝族自治县",
    "马边县": "马边彝族自治县",
    "木里县": "木里藏族自治县",
}
_FIRST_ENDED = 1997
_SHORT_OF = {name: short for short, name in SHORT_FORMS.items()}


@dataclass(frozen=True, slots=True)
class Match:
    """A name found at the start of a text: how long it is and which codes carry it."""

    length: int
    codes: frozenset[str]


class Names:
    """Names of one level under one division, in layers; the first layer with a match decides, in it the longest name."""

    __slots__ = ("_layers", "_lengths")

    def __init__(self, rows: Iterable[Division], year: int) -> None:
        rows = list(rows)
        ended = sorted((row for row in rows if _ended(row, year)), key=lambda row: row.to_year or 0, reverse=True)
        later = sorted((row for row in rows if row.from_year is not None and row.from_year > year), key=lambda row: row.from_year or 0)
        valid = _layer([row for row in rows if row.valid(year)], lambda _: 0)
        self._layers = (valid, _layer(ended, lambda row: row.to_year), _layer(later, lambda row: row.from_year))
        self._lengths = tuple(sorted({len(name) for layer in self._layers for name in layer}, reverse=True))

    def at_start(self, text: str) -> Match | None:
        """The longest name at the start of the text."""
        found = (_longest(layer, self._lengths, text) for layer in self._layers)
        return next((match for match in found if match), None)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The names of one year: prefectures of Sichuan, all counties, and the counties inside a prefecture or province by its code."""

    prefectures: Names
    counties: Names
    inside: Mapping[str, Names]


@lru_cache(maxsize=64)
def gazetteer(year: int) -> Gazetteer:
    """The names as a document of that year uses them."""
    places = [row for row in divisions() if row.is_place and row.level != "province" and _still_there(row, year)]
    counties = [row for row in places if row.level == "county"]
    parents = {row.parent for row in counties if row.parent}
    inside = {parent: Names((row for row in counties if row.parent == parent), year) for parent in parents}
    for province in ("500000", "510000"):
        inside[province] = Names((row for row in counties if row.code[:2] == province[:2]), year)
    return Gazetteer(Names((row for row in places if row.level == "prefecture"), year), Names(counties, year), inside)


def _still_there(row: Division, year: int) -> bool:
    """False for 丰都县 of 1997, whose code is today a place of the other province."""
    return province_of(row.code, row.to_year) == province_of(row.code, year)


def _ended(row: Division, year: int) -> bool:
    return row.to_year is not None and _FIRST_ENDED <= row.to_year < year


def _layer(rows: list[Division], age: Callable[[Division], int | None]) -> dict[str, frozenset[str]]:
    """Codes by name; of several the youngest, which come first. 江北区 of 2025 hides that of 1997."""
    layer: dict[str, set[str]] = {}
    ages: dict[str, int | None] = {}
    for row in rows:
        for name in filter(None, (row.name, _SHORT_OF.get(row.name))):
            if ages.setdefault(name, age(row)) == age(row):
                layer.setdefault(name, set()).add(row.code)
    return {name: frozenset(codes) for name, codes in layer.items()}


def _longest(layer: dict[str, frozenset[str]], lengths: tuple[int, ...], text: str) -> Match | None:
    return next((Match(length, layer[text[:length]]) for length in lengths if text[:length] in layer), None)
