"""The columns of announcement tables (抽检公告), and what else they are called (domain.md 4.3)."""

from __future__ import annotations

from enum import StrEnum


class Column(StrEnum):
    """What a column of a table says; the value is the head it is known by."""

    SERIAL = "序号"
    SAMPLE_NO = "抽样编号"
    PRODUCER = "标称生产企业名称"
    PRODUCER_ADDRESS = "标称生产企业地址"
    SAMPLED = "被抽样单位名称"
    SAMPLED_ADDRESS = "被抽样单位地址"
    SAMPLED_PROVINCE = "被抽样单位所在省份"
    PRODUCT = "食品名称"
    SPECIFICATION = "规格型号"
    BRAND = "商标"
    MADE = "生产日期/批号"
    ITEM = "不合格项目"
    RESULT = "检验结果"
    LIMIT = "标准值"
    CATEGORY = "分类"
    NOTICE_NO = "公告号"
    ANNOUNCED_ON = "公告日期"
    URL = "公告网址链接"
    TASK = "任务来源/项目名称"
    LAB = "检验机构"
    REMARK = "备注"


OTHER_NAMES = {
    Column.SAMPLE_NO: "抽样单编号 样品编号",
    Column.PRODUCER: "生产企业名称 标识生产企业名称",
    Column.PRODUCER_ADDRESS: "生产企业地址 标识生产企业地址",
    Column.SAMPLED: "被抽检单位名称 受检单位名称",
    Column.SAMPLED_ADDRESS: "被抽检单位地址 受检单位地址",
    Column.SAMPLED_PROVINCE: "被抽检单位所在省份 受检单位所在省份",
    Column.PRODUCT: "样品名称 产品名称",
    Column.SPECIFICATION: "规格 样品规格",
    Column.MADE: "生产日期或批号",
    Column.RESULT: "实测值",
    Column.LIMIT: "标准要求",
    Column.CATEGORY: "食品大类",
    Column.NOTICE_NO: "通告号",
    Column.ANNOUNCED_ON: "发布日期",
    Column.TASK: "任务来源",
    Column.LAB: "承检机构",
}
ITEM_COLUMNS = (Column.ITEM, Column.RESULT, Column.LIMIT)
