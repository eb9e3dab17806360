"""案件指标: are the legal clocks kept, in the manner of the EU's IMI (good from 80 %, poor below 60 %)."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from boards.panels import COUNT, SECONDS, SHARE, Panels, ask, board, lines, number, red_below, red_beyond, title

_GOOD, _MEDIUM = 0.8, 0.6


def casework() -> Dashboard:
    return board(
        "casework",
        title("案件指标", "casework indicators"),
        "法定时限守住了吗，谁在等谁？ Are the legal clocks kept, and who waits for whom?",
        [*_numbers(), *_clocks(), *_waiting()],
    )


def _in_time(within: str) -> str:
    return f'1 - slo:chuanyu_obligations:bad{{within="{within}", node=~"$node"}}'


def _numbers() -> Panels:
    return [
        number(
            title("按时履行，7日", "met in time, 7 days"),
            "近七日到期的有多少按时办了？80%起为好，60%以下为差。 Which share of 7 days was met in time? Good from 80 %, poor below 60 %.",
            SHARE,
            ask(_in_time("7d")),
            red_below(_GOOD, _MEDIUM),
        ),
        number(
            title("按时履行，30日", "met in time, 30 days"),
            "近三十日呢？ And of 30 days?",
            SHARE,
            ask(_in_time("30d")),
            red_below(_GOOD, _MEDIUM),
        ),
        number(
            title("已过时限", "past due now"),
            "此刻有多少事项已过时限未履行？ How many obligations are past their due time now?",
            COUNT,
            ask('sum by (node) (max by (node, state) (chuanyu_obligations{state=~"due_unconfirmed|overdue", node=~"$node"}))'),
            red_beyond("ObligationOverdue"),
        ),
        number(
            title("停住的案卷", "held cases"),
            "多少案卷因隔离停住而时限仍在走？ How many cases stand still behind a parked record while their clocks run?",
            COUNT,
            ask('max by (node) (chuanyu_held_cases{node=~"$node"})'),
            red_beyond("CasesHeld"),
        ),
        number(
            title("最久未回执", "oldest receipt"),
            "对方迟迟未签收的有多久了？ How long has the other side not confirmed?",
            SECONDS,
            ask('max by (node) (chuanyu_oldest_receipt_seconds{node=~"$node"})'),
            red_beyond("ReceiptsOutstanding"),
        ),
        number(
            title("最久等原件", "oldest waiting reference"),
            "有更正或撤回的原件一直没来吗？ Is there a correction or withdrawal whose original never came?",
            SECONDS,
            ask('max by (node) (chuanyu_oldest_reference_seconds{node=~"$node"})'),
            red_beyond("ReferenceWaiting"),
        ),
    ]


def _clocks() -> Panels:
    return [
        lines(
            title("按时履行的占比", "share met in time"),
            "守时在变好还是变坏？ Is punctuality getting better or worse?",
            SHARE,
            ask('1 - slo:chuanyu_obligations:bad{node=~"$node"}', "{{node}} {{within}}"),
        ),
        lines(
            title("近七日到期的事项", "obligations due within 7 days"),
            "到期的有多少，其中多少误了？ How many fell due, and how many of them were missed?",
            COUNT,
            ask('max by (node, kept) (chuanyu_obligations_due{within="7d", node=~"$node"})', "{{node}} 按时 in time: {{kept}}"),
            axis="项 obligations",
        ),
        lines(
            title("应办事项，按状态", "obligations by state"),
            "手上有多少事，多少到期了？ How much is open, how much has fallen due?",
            COUNT,
            ask('max by (node, state) (chuanyu_obligations{node=~"$node"})', "{{node}} {{state}}"),
            axis="项 obligations",
        ),
        lines(
            title("新受理，按类别", "accepted, by family"),
            "是什么带来了这些事？ What brings the work?",
            COUNT,
            ask(
                'sum by (node, family) (rate(chuanyu_accepted_total{outcome="accepted", node=~"$node"}[$__rate_interval]))',
                "{{node}} {{family}}",
            ),
            axis="条/秒 submissions/s",
        ),
    ]


def _waiting() -> Panels:
    return [
        lines(
            title("待回执", "receipts outstanding"),
            "通报出去的，对方还有多少没有签收？ How many deliveries has the other side not confirmed?",
            COUNT,
            ask('max by (node) (chuanyu_receipts_outstanding{node=~"$node"})'),
            axis="份 receipts",
        ),
        lines(
            title("一日内处理的占比", "share processed within a day"),
            "须处置机关看到后，一日内办结签收的有多少？目标95%。 How much is acknowledged in a day? Aim: 95 %.",
            SHARE,
            ask('1 - slo:chuanyu_processed:bad3d{node=~"$node"}', "{{node}} {{family}}"),
        ),
        lines(
            title("收件箱未处理", "deliveries not acknowledged"),
            "各机关收件箱里还有多少未处理，其中多少须回执？ How much waits in the inboxes, and how much of it asks for a receipt?",
            COUNT,
            ask('max by (node, asked) (chuanyu_deliveries{node=~"$node"})', "{{node}} 须回执 asked: {{asked}}"),
            axis="件 deliveries",
        ),
        lines(
            title("最久未处理", "oldest delivery"),
            "须处置的最久搁了多久？ For how long has the oldest of them not been acted upon?",
            SECONDS,
            ask('max by (node) (chuanyu_oldest_delivery_seconds{node=~"$node"})'),
        ),
        lines(
            title("无人认领", "nobody to tell"),
            "有没有机关没有登记成员，消息无人可送？ Is there an authority for which no member is registered?",
            COUNT,
            ask('max by (node) (chuanyu_unclaimed_notices{node=~"$node"})'),
            axis="条 notices",
        ),
        lines(
            title("停住的案卷", "held cases"),
            "隔离拖住了多少案卷，拖了多久？ How many cases does quarantine hold up, and for how long?",
            COUNT,
            ask('max by (node) (chuanyu_held_cases{node=~"$node"})'),
            axis="件 cases",
        ),
    ]
