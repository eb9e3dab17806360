"""总览: does everything do its work, and if not, which dashboard comes next."""

from __future__ import annotations

from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.dashboard import Dashboard

from boards.panels import COUNT, HALF, SECONDS, Panels, ask, board, lines, number, plain, red_below, red_beyond, rows, title

_PARKED = 'chuanyu_parked_records{code!="waiting", node=~"$node"}'


def overview() -> Dashboard:
    return board(
        "overview",
        title("川渝总线总览", "the bus at a glance"),
        "一切正常吗？哪里不正常，接着看哪一页？ Is all well; if not, which dashboard comes next?",
        [*_numbers(), *_flows()],
    )


def _numbers() -> Panels:
    return [
        number(
            title("应答", "answering"),
            "每个节点的部件都在应答吗？ Do all parts of each node answer?",
            COUNT,
            ask('min by (node) (up{job="chuanyu", node=~"$node"})'),
            red_below(1),
            words=("无应答 away", "正常 well"),
        ),
        number(
            title("受理/秒", "accepted/s"),
            "报送单位报得进来吗？ Are members getting through?",
            COUNT,
            ask('sum by (node) (rate(chuanyu_accepted_total{outcome="accepted", node=~"$node"}[$__rate_interval]))'),
            plain(),
        ),
        number(
            title("最久未发出", "oldest unrelayed"),
            "已受理的记录出得去吗？ Does what was accepted leave the node?",
            SECONDS,
            ask('max by (node) (chuanyu_log_oldest_unrelayed_seconds{node=~"$node"})'),
            red_beyond("LogUnrelayed"),
        ),
        number(
            title("最久未办理", "oldest unapplied"),
            "收到的记录办得动吗？ Does what arrives take effect?",
            SECONDS,
            ask('max by (node) (chuanyu_oldest_unapplied_seconds{node=~"$node"})'),
            red_beyond("ServiceBehind"),
        ),
        number(
            title("对方消息截至", "other side heard"),
            "关于对方省的答复有多旧？ How stale is what is said about the other province?",
            SECONDS,
            ask('max by (node) (chuanyu_other_side_age_seconds{node=~"$node"})'),
            red_beyond("OtherSideSilent"),
        ),
        number(
            title("隔离区", "parked records"),
            "有多少条记录等人处置？ How many records wait for a person?",
            COUNT,
            ask(f'sum by (node) (max by (node, service, code) ({_PARKED})) or 0 * max by (node) (chuanyu_held_cases{{node=~"$node"}})'),
            red_beyond("RecordParked"),
        ),
        rows(
            title("当前告警", "alerts now"),
            "现在该看哪一本手册？告警名与手册同在 monitoring/rules/alerts.yml。 Which runbook is due now?",
            'ALERTS{alertstate="firing", node=~"$node"}',
            "无告警 none",
        ),
    ]


def _flows() -> Panels:
    return [
        lines(
            title("报送结果", "submissions by outcome"),
            "受理、重复、拒收各多少？拒收突增，多半是某家改了系统。 What is accepted, repeated, refused?",
            COUNT,
            ask('sum by (node, outcome) (rate(chuanyu_accepted_total{node=~"$node"}[$__rate_interval]))', "{{node}} {{outcome}}"),
            axis="条/秒 submissions/s",
        ),
        lines(
            title("多久可见", "accepted until visible"),
            "一件事受理之后，多久在本地和对方看得到？ How long after acceptance can a fact be seen, here and over there?",
            SECONDS,
            _visible(0.5, "p50"),
            _visible(0.99, "p99"),
        ),
        lines(
            title("待办理", "records behind"),
            "哪个节点落后，落后在涨还是在消？ Which node is behind, and is it growing?",
            COUNT,
            ask('sum by (node) (chuanyu_behind_records{node=~"$node"})'),
            axis="条 records",
        ),
        lines(
            title("待发出", "records unrelayed"),
            "台账里有多少还没有上Kafka？ How much of the log is not on Kafka yet?",
            COUNT,
            ask('max by (node) (chuanyu_log_unrelayed_rows{node=~"$node"})'),
            axis="条 records",
        ),
        lines(
            title("互认答复", "recognition answers"),
            "协调员问了多少，答得出多少？ How much is asked, how much can be answered?",
            COUNT,
            ask('sum by (node, status) (rate(chuanyu_recognition_answers_total{node=~"$node"}[$__rate_interval]))', "{{node}} {{status}}"),
            axis="次/秒 answers/s",
        ),
        lines(
            title("应办事项", "obligations"),
            "法定时限守住了吗？ Are the legal clocks kept?",
            COUNT,
            ask('max by (node, state) (chuanyu_obligations{node=~"$node"})', "{{node}} {{state}}"),
            axis="项 obligations",
            width=HALF,
        ),
    ]


def _visible(share: float, name: str) -> Dataquery:
    buckets = 'sum by (node, origin, le) (rate(chuanyu_visible_seconds_bucket{node=~"$node"}[$__rate_interval]))'
    return ask(f"histogram_quantile({share}, {buckets})", f"{{{{origin}}}}→{{{{node}}}} {name}")
