"""Where an address lies."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.domain.divisions import Division, divisions
from chuanyu.domain.regions import locate

TODAY = date(2026, 6, 1)
COUNTIES = [row for row in divisions() if row.level == "county" and row.is_place and row.valid(2026)]


def full_address(county: Division) -> str:
    names = {row.code: row.name for row in divisions() if row.valid(2026)}
    above = [names[f"{county.code[:2]}0000"], names[f"{county.code[:4]}00"] if county.code[:2] == "51" else ""]
    return "".join([*above, county.name])


@pytest.mark.parametrize(
    ("address", "code", "warnings"),
    [
        ("重庆市渝中区民族路1号", "500103", []),
        ("渝中区民权路", "500103", []),
        ("重庆市市辖区渝中区民权路", "500103", []),
        ("重庆市县云阳县双江街道", "500235", []),
        ("重庆市重庆市渝中区民权路", "500103", []),
        ("四川省成都市高新区科技路9号", "510100", []),
        ("四川省成都市市辖区锦江区", "510104", []),
        ("重庆市梁平县双桂街道", "500228", ["division_historic"]),
        ("重庆市渝北区龙溪街道", "500112", ["division_historic"]),
        ("四川省宜宾市翠屏区人民路", "511502", []),
        ("宜宾市翠屏区人民路", "511502", []),
        ("四川凉山州西昌市", "513401", []),
        ("四川省北川县", "510726", []),
        ("石柱县南宾街道", "500240", []),
        ("四川省市中区", "510000", ["division_ambiguous"]),
        ("内江市市中区", "511002", []),
        ("四川省简阳市", "510185", []),
        ("四川省资阳市简阳市", "512081", ["division_historic"]),
        ("四川省丰都县", "510000", []),
        ("上海市黄浦区四川中路1号", "310000", []),
        ("广西柳州市", "450000", []),
        ("内蒙古赤峰市", "150000", []),
        ("黑龙江省哈尔滨市", "230000", []),
        ("新疆生产建设兵团第八师", "650000", []),
        ("江北区建新北路", None, []),
        ("市中区人民路", None, []),
        ("四川路12号", None, []),
        ("重庆北路5号", None, []),
        ("海南藏族自治州共和县", None, []),
        ("河南县", None, []),
        ("川渝高竹新区", None, []),
        ("/", None, []),
        ("不详", None, []),
        ("", None, []),
        (None, None, []),
        ("地址：四川省 宜宾市\u3000翠屏区", "511502", []),
        ("受托方地址：四川省眉山市彭山区", "511403", []),
        ("中国四川省自贡市", "510300", []),
        ("中国（四川）自由贸易试验区成都市高新区天府大道", "510100", []),
        ("重庆綦江县", "500222", ["division_historic"]),
    ],
)
def test_an_address_tells_its_narrowest_division(address: str | None, code: str | None, warnings: list[str]) -> None:
    located = locate(address, TODAY)
    assert (located.code, [warning.code for warning in located.warnings]) == (code, warnings)


def test_a_name_counts_in_its_year() -> None:
    assert locate("重庆市渝北区龙溪街道", date(2025, 12, 31)).warnings == ()
    assert locate("四川省眉山市彭山县", date(2010, 1, 1)).warnings == ()
    assert locate("重庆市綦江区", date(2010, 1, 1)).code == "500110"


@pytest.mark.parametrize("county", COUNTIES, ids=lambda county: county.code)
def test_every_county_is_found_by_its_full_name(county: Division) -> None:
    assert locate(f"{full_address(county)}人民路1号", TODAY).code == county.code


@given(st.sampled_from(COUNTIES), st.text(alphabet="路街道大人民解放号东西南北0123456789", max_size=12))
def test_a_street_never_moves_a_place(county: Division, street: str) -> None:
    assert locate(full_address(county) + street, TODAY).code == county.code


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    code = locate(text, TODAY).code
    assert code is None or len(code) == 6
