"""What a submitter is told: a refusal or a warning about one field, with a stable code and a text in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from chuanyu.domain import act_words, table_words


@dataclass(frozen=True, slots=True)
class Violation:
    """One finding. `field` is a path such as `items[0].name`, `code` is public and never reused. Refusals and warnings share this form."""

    field: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Checked:
    """
    What became of a text that should be a number of some kind.

    `value` is the canonical form, null when refused or absent; `text` is the normalised text (empty where it must not be kept).
    """

    value: str | None
    refusals: tuple[Violation, ...] = ()
    warnings: tuple[Violation, ...] = ()
    text: str = ""

    def reported(self) -> Checked:
        """The same for a number that is no key but a reported attribute (a label may lie): refusals warn and the text stands."""
        return Checked(self.value or self.text or None, (), self.refusals + self.warnings, self.text) if self.refusals else self


def violation(code: str, field: str, /, **facts: object) -> Violation:
    """The finding `code` about `field`; `facts` fill the gaps of its texts. An unknown code or a missing fact is a KeyError."""
    zh, en = TEXTS[code]
    return Violation(field=field, code=code, zh=zh.format_map(facts), en=en.format_map(facts))


# Never a gap for a value that may belong to a person: personal_id_in_uscc names nothing.
TEXTS: dict[str, tuple[str, str]] = {
    **act_words.TEXTS,
    **table_words.TEXTS,
    # identifiers: social credit code
    "uscc_malformed": (
        "统一社会信用代码应为18位，且不含I、O、S、V、Z",
        "a social credit code has 18 characters, none of them I, O, S, V or Z",
    ),
    "uscc_check_digit": (
        "统一社会信用代码校验码错误，应为{expected}",
        "wrong check character of the social credit code, {expected} was computed",
    ),
    "personal_id_in_uscc": (
        "统一社会信用代码栏填入了居民身份证号码，已拒收且不予保存",
        "a personal identity number stands in the place of the social credit code",
    ),
    "uscc_kind_unusual": ("统一社会信用代码前两位“{kind}”未见于标准", "registering department and kind '{kind}' are not in the standard"),
    "uscc_region": ("统一社会信用代码中的行政区划{region}未见于区划表", "division {region} inside the social credit code is in no table"),
    "uscc_inner_check": (
        "统一社会信用代码中的主体标识码校验位应为{expected}",
        "check character of the body code inside the social credit code, {expected} was computed",
    ),
    # identifiers: licences, laboratories, certificates, barcodes
    "sc_malformed": ("食品生产许可证编号应为SC加14位数字", "a food production licence is SC and 14 digits"),
    "sc_check_digit": (
        "食品生产许可证编号校验码应为{expected}",
        "wrong check digit of the food production licence, {expected} was computed",
    ),
    "sc_class_unknown": (
        "食品生产许可证编号中的类别{category}未见于类别目录",
        "food class {category} inside the licence number is not in the catalogue",
    ),
    "sc_region": ("食品生产许可证编号中的行政区划{region}未见于区划表", "division {region} inside the licence number is in no table"),
    "jy_malformed": ("食品经营许可证编号应为JY加14位数字", "a food trading licence is JY and 14 digits"),
    "jy_check_digit": ("食品经营许可证编号校验码应为{expected}", "wrong check digit of the food trading licence, {expected} was computed"),
    "jy_region": ("食品经营许可证编号中的行政区划{region}未见于区划表", "division {region} inside the licence number is in no table"),
    "qs_malformed": ("QS编号应为QS加12位数字", "a QS number is QS and 12 digits"),
    "licence_legacy": ("QS编号为旧制生产许可，现行为SC编号", "QS numbers are licences of the old kind, SC replaced them"),
    "licence_kind_unknown": (
        "许可证编号不以SC、JY或QS开头，按原文保留",
        "the licence number does not begin with SC, JY or QS and is kept as written",
    ),
    "cma_malformed": (
        "资质认定（CMA）证书编号应为12位数字，第3、4位为发证机关00至31",
        "a CMA number has 12 digits, the third and fourth are an issuer from 00 to 31",
    ),
    "cnas_malformed": ("CNAS注册号应形如CNAS L1234", "a CNAS number looks like CNAS L1234"),
    "ccc_malformed": ("CCC证书编号应为16位数字（自我声明为18位）", "a CCC certificate has 16 digits, a self-declaration 18"),
    "organic_malformed": ("有机产品认证证书编号应形如001OP1200001", "an organic certificate looks like 001OP1200001"),
    "gtin_malformed": ("商品条码应为8、12、13或14位数字", "a barcode has 8, 12, 13 or 14 digits"),
    "gtin_check_digit": ("商品条码校验码应为{expected}", "wrong check digit of the barcode, {expected} was computed"),
    # identifiers: samples and documents
    "sample_no_missing": ("缺少抽样编号", "the sample number is missing"),
    "sample_no_malformed": (
        "抽样编号格式不符（2至4个字母、8至20位数字，可带后缀字母）",
        "a sample number is 2-4 letters, 8-20 digits and up to 4 letters",
    ),
    "document_no_missing": ("缺少文书号", "the document number is missing"),
    "document_no_unusual": ("文书号不合常见格式，按原文保留", "the document number has an unusual form and is kept as written"),
    # dates
    "date_unparsed": ("无法识别的日期，原文保留", "this is no date that can be read, the text is kept"),
    "date_of_other_kind": ("所填为{kind}，不是生产日期", "this is another date ({kind}), not the production date"),
    "produced_after_announcement": ("生产日期晚于公告日期", "the production date is later than the announcement"),
    # money and quantities
    "money_malformed": ("金额不是数字", "this is no amount of money"),
    "money_unit_missing": ("金额缺少单位（万元、元或分）", "the amount has no unit (万元, 元 or 分)"),
    "money_not_whole_fen": ("金额不是整数分", "the amount is not a whole number of fen"),
    "money_negative": ("金额不能为负", "an amount cannot be negative"),
    "quantity_unparsed": ("无法识别的数量，原文保留", "this is no quantity that can be read, the text is kept"),
    # readings
    "result_missing": ("没有检验结果", "no result is given"),
    "result_unparsed": ("检验结果无法识别为数值，按文本保留", "the result is no number that can be read, the text is kept"),
    "value_meets_limit": (
        "检验结果{value}未超出标准值{limit}，结论未改",
        "the reading {value} keeps the limit {limit}; the verdict is left as it is",
    ),
    # clocks
    "rule_not_in_force": ("规则{rule_id}在{day}尚未生效或已失效", "rule {rule_id} is not in force on {day}"),
    # divisions and routing
    "division_historic": ("行政区划{code}已撤并", "division {code} has ended"),
    "division_unknown": ("行政区划{code}未见于区划表", "division {code} is in no table"),
    "division_split": ("行政区划{code}已拆分，暂归{successor}", "division {code} was split, {successor} is taken"),
    "division_ambiguous": ("地址可对应多个行政区划，取其上级", "several divisions fit the address, the wider one is taken"),
    "producer_division_unknown": ("无法确定生产企业所在地", "where the producer sits is not known"),
    "sampled_division_unknown": ("无法确定被抽样单位所在地", "where the sample was taken is not known"),
    "place_type_assumed": ("抽样环节系推定", "the kind of place sampled at is a guess"),
    # the form of an event's JSON
    "field_missing": ("缺少必填项“{term}”", "this field is required"),
    "field_misnamed": ("没有这个字段，是否应为“{near}”？", "there is no such field, '{near}' perhaps"),
    "field_unknown": ("没有这个字段", "there is no such field"),
    "object_expected": ("此处应为对象", "an object is expected here"),
    "list_expected": ("此处应为列表", "a list is expected here"),
    "text_expected": ("此处应为文本", "a text is expected here"),
    "text_blank": ("文本为空；没有内容请不填", "the text is blank; leave out what there is not"),
    "boolean_expected": ("此处应为true或false", "true or false is expected here"),
    "integer_expected": ("此处应为{least}至{most}的整数", "a whole number from {least} to {most} is expected here"),
    "term_unknown": ("不是可用的取值，可填{allowed_zh}", "this is none of the values {allowed_en}"),
    "date_malformed": ("日期应写作YYYY-MM-DD，且须存在", "a day is written as YYYY-MM-DD and exists"),
    "instant_malformed": (
        "时间应为ISO 8601格式，含时刻；无时区时按北京时间",
        "an instant is written as ISO 8601 with a time of day; Asia/Shanghai if no offset",
    ),
    "decimal_malformed": ("应为文本形式的十进制数，如“0.314”", 'a decimal number as text is expected, such as "0.314"'),
    "quantity_malformed": ("应为文本形式的非负十进制数，如“12.5”", 'a decimal number of 0 or more as text is expected, such as "12.5"'),
    "uuid_malformed": ("应为小写的UUID，即事件编号", "an event id is expected: a UUID in lower case"),
    "digest_malformed": ("应为64位小写十六进制摘要", "a digest of 64 hex digits in lower case is expected"),
    "base64_malformed": ("应为Base64编码的字节", "bytes in base64 are expected"),
    # products
    "category_unknown": ("食品类别“{category}”不在目录内", "category '{category}' is not in the catalogue"),
    # the door: who speaks
    "identity_missing": ("未提供客户端证书或令牌", "neither a client certificate nor a token was given"),
    "certificate_names_nobody": ("客户端证书未写明唯一成员", "the client certificate does not name exactly one member"),
    "token_invalid": ("令牌无效", "the token is not one that this node takes"),
    "token_expired": ("令牌已过期", "the token has expired"),
    "identities_differ": ("证书与令牌所指成员不一致", "certificate and token name different members"),
    "member_unknown": ("成员{member}未在本节点登记", "member {member} is not registered at this node"),
    # the door: what may be said by whom
    "province_foreign": (
        "来源应以/{province}/开头，本节点不代外省发布",
        "the source begins with /{province}/: no node speaks for another province",
    ),
    "source_foreign": ("来源应为{source}，不得代其他成员发布", "the source is {source}: no member speaks for another"),
    "type_not_permitted": ("成员{member}无权发布{type}", "member {member} may not publish {type}"),
    "type_not_for_members": ("{type}由节点自行生成，成员不得提交", "{type} is said by nodes alone, never by members"),
    "jurisdiction_foreign": ("行政区划{code}不在成员{member}的管辖范围", "division {code} is outside the jurisdiction of member {member}"),
    "authority_foreign": ("机关应为提交成员{member}本身", "the authority is the submitting member {member} itself"),
    "not_the_issuer": ("只有原发布者{source}可以更正、撤回或解除", "only {source}, who said it, may correct, withdraw or lift it"),
    # the door: the envelope
    "events_missing": ("请求中没有事件", "the request holds no event"),
    "events_too_many": ("一次最多提交{limit}个事件", "a request holds at most {limit} events"),
    "body_malformed": ("请求体不是有效的JSON（第{place}个字节）", "the body is no JSON (byte {place})"),
    "data_malformed": ("data应为JSON对象", "the data are a JSON object"),
    "event_malformed": ("不是有效的CloudEvents事件", "this is no CloudEvents event"),
    "request_too_large": ("请求超过{limit}字节", "the request is larger than {limit} bytes"),
    "content_type_unknown": ("内容类型应为{wanted}", "the content type is {wanted}"),
    "overloaded": ("排队已满，请稍后重试", "the queue is full, try again later"),
    "log_full": ("未转发事件已达{limit}条上限，请稍后重试", "{limit} events wait for the relay, try again later"),
    "specversion_unknown": ("specversion应为1.0", "specversion is 1.0"),
    "source_missing": ("缺少来源，应为{source}", "the source is missing, it is {source}"),
    "id_missing": ("缺少提交方事件编号id（1至200个字符）", "the submitter's own id is missing (1 to 200 characters)"),
    "type_unknown": ("没有此类事件", "there is no event of this type"),
    "time_malformed": ("时间应为ISO 8601格式", "a time is written as ISO 8601"),
    "time_in_future": ("发生时间晚于当前时间一天以上", "it is said to happen more than a day from now"),
    "set_by_gateway": ("此项由网关生成，可不填；填写则须为{value}", "the gateway sets this; it may be left out, or must be {value}"),
    "attribute_malformed": ("扩展属性格式不符", "the extension attribute is not of its form"),
    "attribute_ignored": ("扩展属性{name}未被采用", "extension attribute {name} is not carried"),
    "event_too_large": ("事件超过{limit}字节", "the event is larger than {limit} bytes"),
    "control_character": ("含有控制字符", "there is a control character inside"),
    # the door: what was said before
    "conflicting_content": (
        "同一业务键已由事件{event_id}报送且内容不同（{fields}）；如需更正，请在head.correction_of填写当前版本{current}",
        "event {event_id} said otherwise ({fields}); a correction names the current version {current} in head.correction_of",
    ),
    # the same code, in words for a row of a table
    "row_conflicts": (
        "该样品此前已报送，{fields}不同，现以事件{current}为准；本行有误请改正本行，此前报送有误须用chuanyu submit提交更正，表格不能更正",
        "this sample was reported before with other {fields}, and event {current} stands; mend this row if it is wrong, or correct that"
        " event with `chuanyu submit`: a table cannot",
    ),
    "row_conflicts_here": (
        "本文件第{row}行已写该样品，{fields}不同；请核对两行，只留正确的一行",
        "row {row} of this file holds this sample with other {fields}; compare both and keep the right one",
    ),
    "not_current_version": (
        "head.correction_of应为当前版本{current}",
        "head.correction_of must name the current version {current}",
    ),
    "correction_changes_key": (
        "更正不得改变业务键；原事件{event_id}的业务键不同，请撤回后重新报送",
        "a correction keeps the business key, and event {event_id} has another; withdraw it and report anew",
    ),
    "original_unknown": ("本节点没有事件{event_id}", "this node has no event {event_id}"),
    "original_withdrawn": (
        "原事件已被{event_id}撤回，不能再更正",
        "the original was withdrawn by {event_id} and is corrected no more",
    ),
    "withdrawal_final": (
        "撤回本身不能再撤回；被撤回的解除可用新的编号id重新报送",
        "a withdrawal is not withdrawn; a lifting that was withdrawn may be said anew under a new id",
    ),
    "withdrawn_before": (
        "这一报送此前已被事件{event_id}撤回，重复提交不使其恢复；如须再次生效，请换用新的编号id提交",
        "this was withdrawn by event {event_id} and its repetition does not restore it; to say it anew, submit it under a new id",
    ),
    "withdrawn_for_good": (
        "这一报送此前已被事件{event_id}撤回，不再恢复；重新报送须使用新的业务编号",
        "this was withdrawn by event {event_id} for good; what is reported anew needs a business number of its own",
    ),
    "key_too_long": ("业务编号过长，最多{limit}字节", "the business key is longer than {limit} bytes"),
    "original_missing": ("本节点没有所指的原事件", "the event that this one refers to was never said at this node"),
    # the door: contents
    "flagged_completed": ("已按分派规则补充须处置机关", "the authorities that must act were completed by the routing rule"),
    "backfill_incomplete": ("补录须填写发生时间和补录原因", "a back-filled entry needs its time and the reason"),
    "value_differs": ("与网关计算结果{value}不符", "this differs from {value}, which the gateway computed"),
    "level_not_in_regime": ("该召回类别不分级", "recalls of this regime have no level"),
    "period_reversed": ("结束早于开始", "the end lies before the beginning"),
    # a record alone
    "case_differs": ("数据所写案件与记录的案件不一致", "the body names another case than the record"),
    "family_differs": ("事件类型与案件不属同一类别", "this is an event of another family than its case"),
    "not_the_home": ("只有案件所在省可以立案或更正", "only its home opens or corrects a case"),
    "sample_differs": ("案件不是该样品的案件", "the case is not the sample's"),
    "corrects_itself": ("事件不能更正自身", "an event cannot correct itself"),
    "day_outside_calendar": ("日期须在1900年至2199年之间", "a day lies between 1900 and 2199"),
    "end_outside_calendar": ("截止日期须在1900年至9999年之间", "an end lies between 1900 and 9999"),
    "instant_outside_calendar": ("时间须在1970年至2199年之间", "an instant lies between 1970 and 2199"),
    "division_malformed": ("行政区划代码应为6位数字", "a division code has six digits"),
    "level_wrong": ("督办级次从1起", "levels of pressing count from 1"),
    "receipt_kind_missing": ("回执须写明已送达或已处理", "a receipt says whether it is delivered or processed"),
    "text_too_long": ("文本过长，最多{limit}字节", "the text is longer than {limit} bytes"),
    # questions
    "deadline_missing": ("调用须带时限", "a call needs a deadline"),
    "question_missing": ("没有提问", "nothing is asked"),
    "asked_day_in_future": ("所问日期晚于今天", "the asked day is later than today"),
    "day_malformed": ("日期应为YYYY-MM-DD", "a day is written YYYY-MM-DD"),
    "report_no_missing": ("缺少报告编号", "the report number is missing"),
    "certificate_no_missing": ("缺少证书编号", "the certificate number is missing"),
    "product_missing": ("缺少产品名称", "the product is missing"),
    "enterprise_missing": ("缺少企业名称或代码", "the enterprise is missing"),
    "spot_check_unknown": ("在您的查阅权限内两地节点均无此样品", "no node shows this sample at your clearance"),
    "enterprise_unknown": ("在您的查阅权限内两地节点均无此企业的记录", "no node shows this enterprise at your clearance"),
    "case_unknown": ("在您的查阅权限内本节点无此案件", "this node shows no such case at your clearance"),
    "case_key_missing": ("请给出案件编号或业务编号（如抽样编号）之一", "name a case id or a business key such as a 抽样编号, one of them"),
    "clearance_too_low": (
        "案件、待办与回执属{needed}级信息，请由具有{needed}及以上权限的人员查询",
        "cases, obligations and receipts are class {needed}: ask a colleague with that clearance",
    ),
    "jurisdiction_missing": (
        "您未登记辖区，请改用行政区划代码查询",
        "you are registered without a jurisdiction: ask by division code instead",
    ),
    "due_within_wrong": ("到期时限应为正数，单位秒，至多{most}", "due within a positive number of seconds, at most {most}"),
    "held_back": (
        "有待处理的异常消息可能与此有关，请联系本节点运维人员",
        "a record that may concern this is held back, ask the operators of this node",
    ),
    "ambiguous_key": ("标识不唯一：{keys}", "several records match: {keys}"),
    "page_size_wrong": ("每页条数应为0至{largest}", "a page holds 0 to {largest} rows"),
    "page_token_wrong": ("翻页标记无效或属于另一查询", "the page token is none of ours or belongs to another question"),
    "order_by_unknown": ("排序应为{known}之一，可加desc", "order by one of {known}, optionally followed by desc"),
    "parameter_unknown": ("没有参数{name}", "there is no parameter {name}"),
}
