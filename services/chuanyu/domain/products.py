"""Food classes (食品生产许可分类目录), the first level of the category path, and the domain of supervision a product falls into."""

from dataclasses import dataclass
from datetime import date

from chuanyu.domain.text import compact, is_null
from chuanyu.domain.violations import Violation, violation

_FOODS = (
    "粮食加工品", "食用油、油脂及其制品", "调味品", "肉制品", "乳制品", "饮料", "方便食品", "饼干", "罐头", "冷冻饮品", "速冻食品",
    "薯类和膨化食品", "糖果制品", "茶叶及相关制品", "酒类", "蔬菜制品", "水果制品", "炒货食品及坚果制品", "蛋制品", "可可及焙烤咖啡产品",
    "食糖", "水产制品", "淀粉及淀粉制品", "糕点", "豆制品", "蜂产品", "保健食品", "特殊医学用途配方食品", "婴幼儿配方食品", "特殊膳食食品",
    "其他食品",
)  # fmt: skip
CATERING_FOOD = "餐饮食品"
CATEGORIES = (*_FOODS, CATERING_FOOD, "食用农产品", "食品添加剂")

SC_CLASSES = {
    **{f"1{number:02}": food for number, food in enumerate(_FOODS, 1)},
    "201": "食品添加剂（一般）",
    "202": "食品用香精",
    "203": "复配食品添加剂",
}

_DOMAINS = dict.fromkeys(CATEGORIES, "FOOD") | {
    "食用农产品": "EDIBLE_AGRICULTURAL",
    "食品": "FOOD",
    "药品": "DRUG",
    "农业生产资料": "AGRICULTURAL_INPUT",
    "特种设备": "SPECIAL_EQUIPMENT",
    "危险品": "DANGEROUS_GOODS",
    "稀土产品": "RARE_EARTH",
    "汽车": "KEY_CONSUMER_GOODS",
    "消费品": "KEY_CONSUMER_GOODS",
    "重点消费品": "KEY_CONSUMER_GOODS",
    "建设工程": "CONSTRUCTION",
    "儿童及学生用品": "CHILDREN_STUDENT",
    "医疗器械": "OTHER",
    "化妆品": "OTHER",
    "其他": "OTHER",
}


@dataclass(frozen=True, slots=True)
class Category:
    """A category as the tables name it: path from the widest level, the domain of supervision, what to warn about."""

    path: tuple[str, ...]
    product_domain: str
    warnings: tuple[Violation, ...] = ()


def categorise(text: str | None, field: str = "product.category", otherwise: str = "FOOD") -> Category:
    """The category of a cell 分类. A word that is none of the 34 warns category_unknown; a domain no word tells is `otherwise`."""
    if text is None or is_null(text):
        return Category((), otherwise)
    word = compact(text)
    warnings = () if word in CATEGORIES else (violation("category_unknown", field, category=word),)
    return Category((word,), _DOMAINS.get(word, otherwise), warnings)


def category_version(on: date) -> str:
    """The version of the category codes: the year of the sampling rules (实施细则) in force on that day."""
    return str(on.year)
