"""Where an address lies. Source: domain 3.3; the tables of divisions and their years are `divisions`, named here as well."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from chuanyu.domain.divisions import (
    CHONGQING,
    SICHUAN,
    Division,
    acting,
    divisions,
    full_name,
    is_known,
    name,
    province_of,
    status,
    successor,
    was_split,
)
from chuanyu.domain.gazetteer import Gazetteer, Match, Names, gazetteer
from chuanyu.domain.text import NULL_WORDS, compact
from chuanyu.domain.violations import Violation, violation

__all__ = [
    "CHONGQING",
    "SICHUAN",
    "Division",
    "Located",
    "acting",
    "divisions",
    "full_name",
    "is_known",
    "locate",
    "name",
    "province_of",
    "status",
    "successor",
    "was_split",
]

_PROVINCES = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区", "21": "辽宁省", "22": "吉林省", "23": "黑龙江省",
    "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省", "41": "河南省",
    "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省", "50": "重庆市", "51": "四川省", "52": "贵州省",
    "53": "云南省", "54": "西藏自治区", "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
    "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区",
}  # fmt: skip
_SUFFIX = re.compile("(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")
_FULL = {province: f"{code}0000" for code, province in _PROVINCES.items()}
_BARE = {_SUFFIX.sub("", province): code for province, code in _FULL.items()}
_LENGTHS = tuple(sorted({len(word) for word in (*_FULL, *_BARE)}, reverse=True))
# 四川中路 is a street, 海南州 a prefecture of another province, 重庆县 nothing.
_NO_PROVINCE_BEFORE = re.compile("[东南西北中]?(?:路|街|道|大道|大街|巷)|区|县|州|藏族|蒙古族")
_LEADING = re.compile(r"^(?:(?:[^\d:]{0,8}地址|住所):)?(?:中国)?")
_FREE_TRADE_ZONE = re.compile(r"^\(([^()]{2,3})\)自由贸易试验区")
_REPEATED = {SICHUAN: re.compile("(?:四川省|市辖区)+"), CHONGQING: re.compile("(?:重庆市|市辖区)*县?")}
# Names that other provinces' districts carry as well, or several of ours: alone they tell nothing. 双桥区 is also in 承德.
_NOT_ALONE = frozenset({"江北区", "市中区", "东区", "西区", "双桥区"})


@dataclass(frozen=True, slots=True)
class Located:
    """The narrowest division that an address tells (six digits, of the document's time, perhaps ended), null if it tells none."""

    code: str | None = None
    warnings: tuple[Violation, ...] = ()


@lru_cache(maxsize=8192)
def locate(address: str | None, on: date, field: str = "address") -> Located:
    """
    The division of an address in a document of that day. Warned: division_ambiguous, division_historic.

    Only what the address says counts: a province is never taken from anywhere else.
    """
    text = compact(address or "")
    if text in NULL_WORDS:
        return Located()
    rest = _FREE_TRADE_ZONE.sub(r"\1", _LEADING.sub("", text, count=1), count=1)
    names = gazetteer(on.year)
    found = _with_province(rest, names) or _without_province(rest, names)
    return Located(found.code, tuple(_warnings(found, on.year, field)))


@dataclass(frozen=True, slots=True)
class _Found:
    code: str | None
    ambiguous: bool = False


def _with_province(text: str, names: Gazetteer) -> _Found | None:
    province, rest = _province(text)
    if province is None or province not in _REPEATED:
        return _Found(province) if province else None
    repeated = _REPEATED[province].match(rest)
    rest = rest[repeated.end() :] if repeated else rest
    found = _prefecture(rest, names) if province == SICHUAN else None
    return found or _county(names.inside[province], rest, province) or _Found(province)


def _without_province(text: str, names: Gazetteer) -> _Found:
    if found := _prefecture(text, names):
        return found
    match = names.counties.at_start(text)
    if match is None or text[: match.length] in _NOT_ALONE:
        return _Found(None)
    provinces = {code[:2] + "0000" for code in match.codes}
    return _one(match, provinces.pop() if len(provinces) == 1 else None)


def _province(text: str) -> tuple[str | None, str]:
    """The province at the start, in full or bare, and what follows it."""
    for length in _LENGTHS:
        word, rest = text[:length], text[length:]
        if word in _FULL:
            return _FULL[word], rest
        if word in _BARE and not _NO_PROVINCE_BEFORE.match(rest):
            return _BARE[word], rest
    return None, text


def _prefecture(text: str, names: Gazetteer) -> _Found | None:
    match = names.prefectures.at_start(text)
    if match is None:
        return None
    code = min(match.codes)
    rest = text[match.length :].removeprefix("市辖区")
    return (_county(names.inside[code], rest, code) if code in names.inside else None) or _Found(code)


def _county(names: Names, text: str, wider: str) -> _Found | None:
    match = names.at_start(text)
    return _one(match, wider) if match else None


def _one(match: Match, wider: str | None) -> _Found:
    """The only candidate, else the wider code."""
    return _Found(next(iter(match.codes))) if len(match.codes) == 1 else _Found(wider, ambiguous=True)


def _warnings(found: _Found, year: int, field: str) -> Iterator[Violation]:
    if found.ambiguous:
        yield violation("division_ambiguous", field)
    if found.code and status(found.code, year) == "HISTORIC":
        yield violation("division_historic", field, code=found.code)
