"""跨省联通: does what one province says reach the other, whole and unchanged."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from boards.panels import COUNT, SECONDS, SHARE, Panels, ask, board, lines, number, red_beyond, title


def federation() -> Dashboard:
    return board(
        "federation",
        title("跨省联通", "between the provinces"),
        "一省说的话，另一省完整无误地收到了吗，多久收到？ Does what one province says reach the other, whole, unchanged, and how soon?",
        [*_numbers(), *_time(), *_wholeness()],
    )


def _numbers() -> Panels:
    return [
        number(
            title("对方消息截至", "other side heard"),
            "多久没有听到对方了？ How long ago was the other side last heard?",
            SECONDS,
            ask('max by (node) (chuanyu_other_side_age_seconds{node=~"$node"})'),
            red_beyond("OtherSideSilent"),
        ),
        number(
            title("最久未发出", "oldest unrelayed"),
            "是对方没说，还是没能发出？ Did the owner say nothing, or could it not send?",
            SECONDS,
            ask('max by (node) (chuanyu_log_oldest_unrelayed_seconds{node=~"$node"})'),
            red_beyond("LogUnrelayed"),
        ),
        number(
            title("缺号分区", "partitions with a gap"),
            "此刻有记录丢在路上吗？ Are records missing right now?",
            COUNT,
            ask('sum by (node) (chuanyu_partition_state{state="gap", node=~"$node"})'),
            red_beyond("SequenceGap"),
        ),
        number(
            title("印章不符（一日）", "refused seals, one day"),
            "有人改过记录，或密钥未到？ Did somebody change records, or is a key missing?",
            COUNT,
            ask('sum by (node) (increase(chuanyu_seal_failures_total{node=~"$node"}[1d]))'),
            red_beyond("SealForged"),
        ),
        number(
            title("存证链不一致（一日）", "archive heads that differ, one day"),
            "有人改过存证吗？ Did somebody rewrite the archive?",
            COUNT,
            ask('sum by (node) (increase(chuanyu_head_mismatch_total{node=~"$node"}[1d]))'),
            red_beyond("HeadMismatch"),
        ),
        number(
            title("规则表不同", "rule tables differ"),
            "两地算时限用的是同一套规则吗？ Do both count the same clocks?",
            COUNT,
            ask('max by (node) (chuanyu_rules_differ{node=~"$node"})'),
            red_beyond("RulesDiffer"),
            words=("相同 same", "不同 differ"),
        ),
    ]


def _time() -> Panels:
    buckets = 'sum by (node, origin, le) (rate(chuanyu_visible_seconds_bucket{node=~"$node"}[$__rate_interval]))'
    return [
        lines(
            title("多久可见，p50", "until visible, p50"),
            "过一次省界平常要多久，比本省多多少？ What does the border cost on an ordinary record?",
            SECONDS,
            ask(f"histogram_quantile(0.5, {buckets})", "{{origin}}→{{node}}"),
        ),
        lines(
            title("多久可见，p99", "until visible, p99"),
            "最慢的百分之一要多久？ How long does the slowest hundredth take?",
            SECONDS,
            ask(f"histogram_quantile(0.99, {buckets})", "{{origin}}→{{node}}"),
        ),
        lines(
            title("迟于5秒的占比", "later than 5 s"),
            "时效承诺还剩多少余地？一小时、六小时。 How much of the time budget is being spent? One hour, six hours.",
            SHARE,
            ask('slo:chuanyu_visible:bad1h{node=~"$node"}', "{{origin}}→{{node}} 1h"),
            ask('slo:chuanyu_visible:bad6h{node=~"$node"}', "{{origin}}→{{node}} 6h"),
        ),
        lines(
            title("对方消息截至", "other side heard"),
            "镜像是断了，还是时断时续？ Is the mirror down, or coming and going?",
            SECONDS,
            ask('max by (node) (chuanyu_other_side_age_seconds{node=~"$node"})'),
            alert="OtherSideSilent",
        ),
    ]


def _wholeness() -> Panels:
    return [
        lines(
            title("按来源办理", "applied, by whose records they are"),
            "两省的记录在两地都在办吗？ Are the records of both provinces applied at both nodes?",
            COUNT,
            ask(
                'sum by (node, origin) (rate(chuanyu_applied_total{outcome="applied", node=~"$node"}[$__rate_interval]))',
                "{{origin}}→{{node}}",
            ),
            axis="条/秒 records/s",
        ),
        lines(
            title("按主题落后", "behind, by topic"),
            "落后的是本省的还是对方的主题？ Is it our own topics that are behind, or the other side's?",
            COUNT,
            ask('sum by (node, topic) (chuanyu_behind_records{node=~"$node"})', "{{node}} {{topic}}"),
            axis="条 records",
        ),
        lines(
            title("一小时内缺号次数", "gaps seen within an hour"),
            "镜像丢过东西吗，是否一再丢？ Has the mirror lost something, again and again?",
            COUNT,
            ask('sum by (node) (increase(chuanyu_sequence_gaps_total{node=~"$node"}[1h]))'),
            axis="次 gaps",
        ),
        lines(
            title("印章不符，按原因", "refused seals, by reason"),
            "是被改动，还是密钥问题？ Was it tampering, or keys?",
            COUNT,
            ask('sum by (node, code) (increase(chuanyu_seal_failures_total{node=~"$node"}[1h]))', "{{node}} {{code}}"),
            axis="条 records",
        ),
        lines(
            title("待回执", "receipts outstanding"),
            "说出去的话，对方还有多少没有签收？ How much of what was said has the other side not confirmed?",
            COUNT,
            ask('max by (node) (chuanyu_receipts_outstanding{node=~"$node"})'),
            axis="份 receipts",
        ),
        lines(
            title("最久未回执", "oldest receipt outstanding"),
            "最早的一份已经等了多久？ How long has the oldest been waited for?",
            SECONDS,
            ask('max by (node) (chuanyu_oldest_receipt_seconds{node=~"$node"})'),
            alert="ReceiptsOutstanding",
        ),
    ]
