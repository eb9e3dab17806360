"""What is odd about a case, in words: code of a remark → Chinese, English."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    # how the events of a case refer to each other (bonds)
    "event_repeated": ("同一事件重复到达", "the same event came again"),
    "stated_twice": ("案件已由另一事件立案", "another event had opened the case"),
    "original_void": ("所指事件不生效", "the event that it refers to is without effect"),
    "not_a_statement": ("所指事件不可更正或撤回", "what it refers to cannot be corrected or withdrawn"),
    "not_the_issuer": ("并非原报送机关", "it does not come from the issuer"),
    "withdrawn_before": ("所指事件已被撤回", "what it refers to was withdrawn before"),
    "another_kind": ("与所更正事件种类不同", "it is of another kind than what it corrects"),
    "not_the_receiver": ("并非由应回执机关所在节点发出", "the receipt does not come from the node of who is to give it"),
    # what is owed
    "rule_not_in_force": ("触发之日尚无有效时限规则", "no version of the rule was in force on that day"),
    "obligation_unknown": ("本案没有所指待办", "the case has no such obligation"),
    "not_the_decider": ("逾期并非由承办机关所在节点认定", "not said by the node of the authority that owes"),
    "answered_in_time": ("该待办已按期办结", "it had been answered in time"),
    "nothing_to_extend": ("没有可延长的时限", "there is no time to extend"),
    "extended_before": ("时限已延长过一次", "the time was extended before"),
    "extended_too_late": ("逾期后才申请延长", "it was to be extended when it was late already"),
    "no_extension": ("该时限不得延长", "the rule knows no extension"),
    "not_the_ower": ("并非承办机关", "it does not come from whoever owes it"),
    "nothing_to_lift": ("已无可解除的惩戒", "there was no sanction left to lift"),
    # another class, closing, reopening
    "not_addressed": ("并非本案须处置或关注的机关，也非原报送机关", "from nobody whom the case addresses, nor who opened it"),
    "reason_missing": ("已发现未处置而未说明原因", "found and nothing done, without a reason"),
    "issuer_or_above_alone": ("只有原报送机关或省级机关可以作出", "only who opened the case, or a provincial authority, may say this"),
    "nothing_stands": ("立案事实已不成立，不生效", "what opened the case stands no more: without effect"),
    "not_closed": ("案件尚未办结，无需重启", "the case is open: there is nothing to reopen"),
    "closed_before": ("案件此前已结", "the case had been closed before"),
    # a sample
    "result_does_not_stand": ("抽检结果合格、已撤回或已推翻，不生效", "the result passed, was withdrawn or overturned: without effect"),
    "disposal_not_owed": ("该机关不承办此环节，不生效", "this authority does not owe that part: without effect"),
    "disposal_step_skipped": ("跳过处置步骤而未说明原因", "a step of the disposal was left out without a reason"),
    "disposal_went_back": ("所报状态早于已到状态，不予回退", "the state lies before the one that is reached: it stays"),
    "disposal_incomplete": ("完成时缺少数量、原因、真伪或处罚情况", "finished without quantities, cause, authenticity or penalty"),
    "sent_back_not_from_above": ("退回并非由上级机关作出，不生效", "not sent back by a level above: without effect"),
    "nothing_to_send_back": ("处置尚未启动，无可退回", "nothing has begun that could be sent back"),
    "true_maker_to_be_found": ("系假冒产品，应移送线索、查找真实生产者", "counterfeit: pass the lead on and find who made it"),
    "objection_after_term": ("超过期限提出，不予受理", "raised after its term: not accepted"),
    "objection_after_assumed_term": (
        "送达日期不明，按推定期限已超期",
        "raised after its term, which is assumed while the day of service is unknown",
    ),
    "objection_raised_twice": ("同一异议重复提出", "the same objection was raised before"),
    "outcome_unknown": ("异议结论不明，不生效", "the conclusion is unknown: without effect"),
    "retest_by_same_laboratory": ("复检机构不得与初检机构相同", "the laboratory of the first test may not test again"),
    "not_the_handling_authority": ("结论并非由受理机关或其上级作出", "not concluded by the authority that handles it or one above"),
}
