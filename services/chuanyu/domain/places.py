"""In what kind of place a sample was taken (环节), where the source does not say. Source: domain 4.5."""

import re
from typing import Literal

from chuanyu.domain.products import CATERING_FOOD
from chuanyu.domain.text import compact

PlaceType = Literal["PRODUCTION", "CIRCULATION", "CATERING", "ONLINE"]

_CATERING = re.compile("餐|饭店|食堂|火锅")
_ONLINE = re.compile(
    r"网店|网络平台|旗舰店|https?://|www\.|\.(?:com|cn|net)\b|淘宝|天猫|京东|拼多多|抖音|快手|美团|饿了么|苏宁易购|唯品会|小红书|1688|微店|盒马",
    re.IGNORECASE,
)


def guess_place_type(unit: str | None, category: str | None, *, is_producer: bool = False, online: bool = False) -> PlaceType:
    """The likely kind of place: its name, the food category, whether the unit made the goods itself, whether a platform or URL is named."""
    name = compact(unit or "")
    if category == CATERING_FOOD or _CATERING.search(name):
        return "CATERING"
    if is_producer:
        return "PRODUCTION"
    return "ONLINE" if online or _ONLINE.search(name) else "CIRCULATION"
