"""Made-up firms with valid social credit codes: plausible for Sichuan and Chongqing, none of them real by intent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from random import Random

from chuanyu.domain import check_digits, divisions
from chuanyu.sample.truth import Firm

_HEADS = (
    "青石", "云溪", "竹海", "橘香", "松涛", "荷塘", "雾笼", "稻香", "柚岭", "梧桐", "半山", "鹭江", "南屏", "月亮", "白鹤", "桂花", "龙门",
    "锦绣", "禾丰", "清泉",
)  # fmt: skip
_TAILS = ("垭", "坪", "渡", "湾", "坝", "沱", "桥", "坡", "岭", "院")  # fmt: skip
_ROADS = ("兴业路", "创新路", "工业园区同心路", "食品产业园滨江路", "青年路", "建设路", "团结路", "开发区文峰路")  # fmt: skip
_SHOPS = ("生鲜超市", "便利店", "副食店", "商贸有限公司", "粮油经营部", "百货超市")  # fmt: skip
_KITCHENS = ("火锅店", "餐饮店", "小面馆餐厅", "食堂")  # fmt: skip
_BODY = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Founders:
    """Founds firms whose names never repeat. year: in which divisions are named."""

    def __init__(self, random: Random, year: int) -> None:
        self._random, self._year = random, year
        self._taken: set[str] = set()

    def factory(self, division: str, trade: str) -> Firm:
        """A maker in a division of either province."""
        name = self._fresh(lambda brand: f"{_town(division, self._year)}{brand}{trade}有限公司")
        return self._firm(name, division, self._address(division, self._random.choice(_ROADS)))

    def factory_elsewhere(self, province: str, address: str, trade: str) -> Firm:
        """A maker in a province without a node."""
        name = self._fresh(lambda brand: f"{brand}{trade}有限公司")
        return Firm(name, province, f"{address}{self._random.randint(2, 298)}号")

    def shop(self, division: str, street: str) -> Firm:
        """A shop that sells packed goods."""
        kind = self._random.choice(_SHOPS)
        name = self._fresh(lambda brand: f"{_town(division, self._year)}{brand}{kind}")
        return self._firm(name, division, self._address(division, street))

    def kitchen(self, division: str, street: str) -> Firm:
        """A place that cooks."""
        kind = self._random.choice(_KITCHENS)
        name = self._fresh(lambda brand: f"{_town(division, self._year)}{brand}{kind}")
        return self._firm(name, division, self._address(division, street))

    def brand(self) -> str:
        """A trade mark."""
        return self._random.choice(_HEADS) + self._random.choice(("", "", "坊", "记", "香"))

    def _fresh(self, named: Callable[[str], str]) -> str:
        while (name := named(self._random.choice(_HEADS) + self._random.choice(_TAILS))) in self._taken:
            pass
        self._taken.add(name)
        return name

    def _firm(self, name: str, division: str, address: str) -> Firm:
        return Firm(name, division, address, self._code("91" if "公司" in name else "92", division))

    def _address(self, division: str, street: str) -> str:
        return f"{divisions.full_name(division, self._year)}{street}{self._random.randint(2, 298)}号"

    def _code(self, kind: str, division: str) -> str:
        """Registrar, kind and division are right, the body code begins with MA as those since 2015 do, both check characters hold."""
        body = "MA" + "".join(self._random.choices(_BODY, k=6))
        first17 = kind + division + body + check_digits.body_code(body)
        return first17 + check_digits.uscc(first17)


class Town(Founders):
    """Founds firms until a place has enough of a kind, then goes back to those that are there: samples of a month meet firms again."""

    _ENOUGH = 12  # the names of one trade run out at 200, and several divisions share a town

    def __init__(self, random: Random, year: int) -> None:
        super().__init__(random, year)
        self._there: defaultdict[tuple[str, ...], list[Firm]] = defaultdict(list)

    def factory(self, division: str, trade: str) -> Firm:
        """A maker in a division of either province."""
        return self._known(("factory", division, trade), lambda: super(Town, self).factory(division, trade))

    def factory_elsewhere(self, province: str, address: str, trade: str) -> Firm:
        """A maker in a province without a node."""
        return self._known(("elsewhere", province, trade), lambda: super(Town, self).factory_elsewhere(province, address, trade))

    def shop(self, division: str, street: str) -> Firm:
        """A shop that sells packed goods."""
        return self._known(("shop", division), lambda: super(Town, self).shop(division, street))

    def kitchen(self, division: str, street: str) -> Firm:
        """A place that cooks."""
        return self._known(("kitchen", division), lambda: super(Town, self).kitchen(division, street))

    def _known(self, where: tuple[str, ...], found: Callable[[], Firm]) -> Firm:
        there = self._there[where]
        if len(there) < self._ENOUGH:
            there.append(found())
            return there[-1]
        return self._random.choice(there)


def _town(division: str, year: int) -> str:
    """The town in a firm's name: the prefecture in Sichuan, the district in Chongqing."""
    code = division if division.startswith("50") else division[:4] + "00"
    name = divisions.name(code, year) or ""
    for ending in (
        "藏族羌族自治州",
        "藏族自治州",
        "彝族自治州",
        "土家族苗族自治县",
        "土家族自治县",
        "苗族土家族自治县",
        "新区",
        "市",
        "区",
        "县",
    ):
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name
