"""Tables of laboratories (检验检测机构资质) and certificates (认证证书): each statement as an event (domain.md 3.4, 8.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from chuanyu.domain.certificates import check_cma
from chuanyu.domain.dates import parse_date, parse_end
from chuanyu.domain.regions import Located, locate
from chuanyu.domain.text import compact, identifier, is_null, normalise
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway.tables import fields
from chuanyu.gateway.tables.heads import Head, Layout, named
from chuanyu.gateway.tables.kinds import Kind, Parsed, Where
from chuanyu.gateway.tables.production import MIDNIGHT
from chuanyu.gateway.tables.records import DataRow
from chuanyu.gateway.tables.refused import TableRefused


class Of(StrEnum):
    """What a column of these tables says; the value is the head it is known by."""

    NUMBER = "证书编号"
    NAME = "机构名称"
    KIND = "证书种类"
    BODY = "发证机构"
    HOLDER = "持证人"
    USCC = "统一社会信用代码"
    CNAS = "认可注册号"
    ADDRESS = "地址"
    DIVISION = "行政区划代码"
    STATUS = "状态"
    FROM = "起始日期"
    TO = "截止日期"
    PERIOD = "有效期"
    ISSUER = "发证机关"
    REASON = "变更原因"
    REMARK = "备注"
    PARAMETER = "参数"
    PRODUCT = "产品名称"
    STANDARD = "标准"
    SPECIFICATION = "规格型号"


_SHARED = {
    Of.USCC: "社会信用代码 信用代码",
    Of.DIVISION: "区划代码",
    Of.STATUS: "资质状态 证书状态 有效状态",
    Of.FROM: "发证日期 颁证日期 批准日期 生效日期 有效期起 有效期自 有效期开始日期",
    Of.TO: "有效期至 有效期止 到期日期 证书有效期至 有效期截止日期 失效日期",
    Of.PERIOD: "证书有效期 有效期限",
    Of.REASON: "原因 变更事由",
    Of.REMARK: "附注",
}
LABORATORY_NAMES = _SHARED | {
    Of.NUMBER: "资质认定证书编号 资质认定证书号 资质认定编号 证书号 CMA编号 CMA证书编号 CMA证书号",
    Of.NAME: "检验检测机构名称 检验机构名称 检测机构名称 检验检测机构 机构全称",
    Of.CNAS: "CNAS注册号 CNAS编号 CNAS证书号 实验室认可注册号",
    Of.ADDRESS: "机构地址 检验检测地址 检测地址 实验室地址 注册地址 住所",
    Of.ISSUER: "发证机构 批准机关 许可机关",
    Of.PARAMETER: "检测参数 检验参数 检验检测参数 能力参数 项目/参数 项目(参数) 检测项目 检验项目 能力附表",
    Of.STANDARD: "检测标准 检验标准 方法标准 依据标准 检测依据 检验检测标准 标准(方法) 标准编号",
}
CERTIFICATE_NAMES = _SHARED | {
    Of.NUMBER: "证书号 认证证书编号 认证证书号",
    Of.KIND: "证书类型 证书类别 认证类别 认证类型 认证项目 种类",
    Of.BODY: "认证机构 发证机关 颁证机构 认证机构名称",
    Of.HOLDER: "持证单位 获证组织 获证组织名称 获证单位 证书持有人 持有人 企业名称 单位名称",
    Of.ADDRESS: "持证人地址 获证组织地址 企业地址 单位地址 住所",
    Of.PRODUCT: "认证产品 产品 覆盖产品 认证产品名称",
    Of.SPECIFICATION: "型号规格 规格 型号",
    Of.STANDARD: "认证依据 认证标准 依据标准",
}
STATUSES = {
    "VALID": "有效 正常 在用 现行 现行有效 有效期内",
    "SUSPENDED": "暂停 已暂停 暂停使用",
    "REVOKED": "撤销 已撤销 吊销 已吊销",
    "CANCELLED": "注销 已注销",
    "EXPIRED": "过期 已过期 到期 已到期 失效 已失效",
}
KINDS = {
    "CCC": "强制性产品认证 CCC认证 3C 3C认证 强制性产品认证(CCC) 中国强制性产品认证",
    "ORGANIC": "有机产品 有机 有机认证 有机产品认证",
    "CHUANYU_BRAND": "川渝名品 川渝名品认证",
    "TIANFU_BRAND": "天府名品 天府名品认证",
    "TYPE_APPROVAL": "型式批准 计量器具型式批准",
}
"""What the schemas name, in their own words and in others."""
FOR_GOOD = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限", "无期限"})
_SPAN = re.compile(r"(.*\d日?)\s*(?:至|到|~|—|–|--|-(?=\s*\d{4}[-年./])|-(?=\s*[长永]))\s*(.+)")
_JOINER = re.compile(r"\s*[;；\r\n]+\s*")


class Listed(NamedTuple):
    """One thing that a row lists: a parameter with its standard, or a product with its specification. paired: they could be told apart."""

    name: str
    also: str | None
    paired: bool = True


def _listed(cells: Mapping[StrEnum, str], _: Head) -> tuple[Listed, ...]:
    """Several in one cell: joined by ; or line breaks, names by 、 too. As many beside them, or one for all; else nobody can tell."""
    names, also = _split(cells.get(Of.PARAMETER) or cells.get(Of.PRODUCT) or "", "、"), _split(_beside(cells))
    if len(also) <= 1:
        return tuple(Listed(name, also[0] if also else None) for name in names)
    if len(names) == 1:
        return tuple(Listed(names[0], each) for each in also)
    if len(names) == len(also):
        return tuple(map(Listed, names, also))
    return tuple(Listed(name, None, paired=False) for name in names)


def _beside(cells: Mapping[StrEnum, str]) -> str:
    return cells.get(Of.STANDARD, "") if Of.PARAMETER in cells else cells.get(Of.SPECIFICATION, "")


def _split(cell: str, also: str = "") -> list[str]:
    pieces = [piece for piece in _JOINER.split(cell.strip()) if not is_null(piece)]
    if also and "之和" not in cell:
        pieces = [part for piece in pieces for part in piece.split(also)]
    return [normalise(piece) for piece in pieces if not is_null(piece)]


def _begins(cell: str) -> bool:
    return not check_cma(cell).refusals


def _laboratories(rows: Iterable[DataRow], where: Where) -> Iterator[Parsed]:
    return (_parsed(each, cut, _laboratory(each, where)) for each, cut in _grouped(rows))


def _certificates(rows: Iterable[DataRow], where: Where) -> Iterator[Parsed]:
    return (_parsed(each, cut, _certificate(each, where)) for each, cut in _grouped(rows))


def _grouped(rows: Iterable[DataRow]) -> Iterator[tuple[list[DataRow], bool]]:
    """The rows of each statement, which repeat what stands above or only list more (T7), and whether damage follows."""
    current: list[DataRow] = []
    try:
        for row in rows:
            if current and _goes_on(current[0], row):
                current.append(row)
                continue
            if current:
                yield current, False
            current = [row]
    except TableRefused as refusal:
        if current:
            yield current, refusal.row is not None
        raise
    if current:
        yield current, False


def _goes_on(first: DataRow, row: DataRow) -> bool:
    """Nothing joins what has no number (T6)."""
    if Of.NUMBER not in first.texts:
        return False
    said = (item for item in row.texts.items() if item[0] is not Of.REMARK)
    return all(column in first.texts and compact(text) == compact(first.texts[column]) for column, text in said)


class _Read(NamedTuple):
    data: dict[str, Any]
    violations: Sequence[Violation]
    warnings: Sequence[Violation]


def _parsed(rows: Sequence[DataRow], cut: bool, read: _Read) -> Parsed:
    first = rows[0].texts
    return Parsed(
        number=first.get(Of.NUMBER),
        numbers=tuple(row.row.number for row in rows),
        rows=tuple(rows),
        data=read.data,
        violations=(*read.violations, *([violation("cut_short", "file")] if cut else ())),
        warnings=tuple(read.warnings),
        characters=sum(map(len, first.values())) + sum(len(one.name) + len(one.also or "") for one in _all(rows)),
    )


def _all(rows: Sequence[DataRow]) -> list[Listed]:
    return list(dict.fromkeys(one for row in rows for one in row.items))


def _laboratory(rows: Sequence[DataRow], where: Where) -> _Read:
    """What cannot be read is handed on as it is: the gateway names all that is wrong with it at once."""
    texts, scope = rows[0].texts, _all(rows)
    sits = locate(texts.get(Of.ADDRESS), where.today, "division")
    issuer, warnings = texts.get(Of.ISSUER), list(sits.warnings)
    issued_at = locate(issuer, where.today, "licensed_by.division").code
    if issuer and issued_at is None:
        warnings.append(violation("issuer_division_unknown", "licensed_by", name=issuer))
    data = _common(texts) | {
        "cma_no": _number(texts),
        "name": texts.get(Of.NAME),
        "uscc": texts.get(Of.USCC),
        "cnas_no": texts.get(Of.CNAS),
        "division": texts.get(Of.DIVISION) or sits.code,
        "scope": [{"parameter": one.name, "standard": one.also} for one in scope],
        "licensed_by": {"division": issued_at, "name": issuer} if issued_at else None,
    }
    return _Read(data, [] if all(one.paired for one in scope) else [violation("scope_unpaired", "scope")], warnings)


def _certificate(rows: Sequence[DataRow], where: Where) -> _Read:
    texts = rows[0].texts
    sits = locate(texts.get(Of.ADDRESS), where.today, "holder.division")
    stated = Located(texts[Of.DIVISION]) if Of.DIVISION in texts else sits
    uscc = texts.get(Of.USCC)
    holder = fields.party(texts.get(Of.HOLDER), texts.get(Of.ADDRESS), stated, where.today)
    data = _common(texts) | {
        "kind": _word(texts.get(Of.KIND), KINDS),
        "number": _number(texts),
        "body": texts.get(Of.BODY),
        "holder": holder | {"uscc": uscc, "key_quality": "USCC" if uscc else "DERIVED"} if holder["name"] or uscc else None,
        "products": [{"name": one.name, "specification": one.also} for one in _all(rows)],
        "standard": texts.get(Of.STANDARD),
    }
    paired = all(one.paired for one in _all(rows))
    return _Read(data, [] if paired else [violation("scope_unpaired", "products")], sits.warnings)


def _common(texts: Mapping[StrEnum, str]) -> dict[str, Any]:
    span = _SPAN.fullmatch(texts.get(Of.PERIOD, ""))
    begins, ends = span.groups() if span else (None, texts.get(Of.PERIOD))
    return {
        "status": _word(texts.get(Of.STATUS), STATUSES),
        "valid_from": _day(texts.get(Of.FROM) or begins, parse_date),
        "valid_to": _end(texts.get(Of.TO) or ends),
        "reason": texts.get(Of.REASON),
    }


def _number(texts: Mapping[StrEnum, str]) -> str | None:
    return identifier(texts[Of.NUMBER]) if Of.NUMBER in texts else None


def _day(text: str | None, parse: Any) -> str | None:
    found = parse(MIDNIGHT.sub("", text)) if text else None
    return found.isoformat() if found else text


def _end(text: str | None) -> str | None:
    return None if text is None or compact(text) in FOR_GOOD else _day(text, parse_end)


def _word(text: str | None, others: Mapping[str, str]) -> str | None:
    """The symbol of a word; what is none, as it is."""
    word = compact(text).upper() if text else None
    return next((symbol for symbol, words in others.items() if word in words.split()), text)


LABORATORIES = Kind(
    "chuanyu.reference.laboratory_changed.v1",
    Layout(
        title="机构资质表",
        names=named(LABORATORY_NAMES, LABORATORY_NAMES),
        needed=(Of.NUMBER, Of.NAME),
        hint="构",
        apart=(Of.PARAMETER, Of.STANDARD),
        parts=_listed,
        begins=_begins,
    ),
    _laboratories,
    "cma_no",
    ("条机构资质", "laboratories"),
)
CERTIFICATES = Kind(
    "chuanyu.reference.certificate_changed.v1",
    Layout(
        title="证书表",
        names=named(CERTIFICATE_NAMES, CERTIFICATE_NAMES),
        needed=(Of.NUMBER, Of.HOLDER),
        hint="证",
        apart=(Of.PRODUCT, Of.SPECIFICATION),
        parts=_listed,
    ),
    _certificates,
    "number",
    ("张证书", "certificates"),
)
