"""What is told about plans, acts on cases, laboratories, certificates and disputes, by code in both languages; `violations` takes it up."""

TEXTS: dict[str, tuple[str, str]] = {
    # contents
    "list_empty": ("至少填写一项", "at least one is needed"),
    "region_twice": ("同一地区只能写一次", "a region stands once"),
    "batches_missing": ("计划批次应为正整数", "the number of samples is 1 or more"),
    "party_unnamed": ("请填写名称或统一社会信用代码", "give the name or the social credit code"),
    "reason_missing": ("请填写原因", "give the reason"),
    "text_missing": ("请填写内容", "say in words what it is"),
    "quantities_missing": ("请填写数量，至少一项", "give the quantities, at least one of them"),
    "retest_missing": ("复检结论须填写复检机构和复检结果", "a re-test names its laboratory and its result"),
    "needed_to_finish": (
        "完成须填写产品数量、原因、真伪，以及处罚文书号或不予处罚原因",
        "to finish, give quantities, cause, authenticity, and the penalty or the reason for none",
    ),
    "not_finished": ("只有状态为完成时才填写完成时间", "only a finished disposal has this"),
    "nothing_reclassified": ("请填写新的通报类别或级别", "give the new class or level"),
    "level_of_recalls_alone": ("只有召回案件才分级", "only a recall has a level"),
    "silence_of_nodes_alone": ("逾期未复由节点自行结案，请填写决定结案", "silence is found by the node itself; close by decision"),
    "scope_missing": ("有效资质须附能力附表", "a valid licence comes with its scope"),
    "provinces_alone": (
        "互认异议由两省市省级机关裁定，成员{member}不是省级机关",
        "disputes are decided by the provincial authorities, which {member} is not",
    ),
    "decided_by_incomplete": ("裁定机关须包括两省市省级机关", "name the provincial authority of each province"),
    "day_to_come": ("日期不能晚于今天", "this day is still to come"),
    # the door: whose case
    "case_unnamed": ("请在head.case_id填写案件编号", "name the case in head.case_id"),
    "case_malformed": ("案件编号应为“省份/类别/编号”", "a case id is written {{province}}/{{family}}/{{key}}"),
    "case_not_here": ("本节点没有案件{case}，请核对编号", "this node has no case {case}; check its id"),
    "case_not_found": (
        "本节点未报送所指的样品或异议；如在外省报送，请在head.case_id填写案件编号",
        "it was not said at this node; if it was at the other province's, name its case in head.case_id",
    ),
    "issuer_or_above_alone": ("只有原发布者或省级机关可以提出", "only who opened the case, or a provincial authority, may say this"),
}
