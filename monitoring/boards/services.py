"""服务与分区: who is behind, who stands still, and where exactly."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from boards.panels import COUNT, HALF, SECONDS, Panels, ask, bars, board, choice, heat, lines, rows, title

_OF = 'node=~"$node", service=~"$service"'


def services() -> Dashboard:
    return board(
        "services",
        title("服务与分区", "services and partitions"),
        "哪个部件、哪个分区落后或停住，为什么？ Which part and which partition is behind or stands still, and why?",
        [*_work(), *_delay(), *_standstill(), *_foundations()],
        choice("service", "部件 service", "chuanyu_applied_total"),
    )


def _work() -> Panels:
    return [
        lines(
            title("办理速率", "applied"),
            "每个部件都在办两省的记录吗？ Does every service apply what both provinces say?",
            COUNT,
            ask(
                f'sum by (node, service) (rate(chuanyu_applied_total{{outcome="applied", {_OF}}}[$__rate_interval]))',
                "{{node}} {{service}}",
            ),
            axis="条/秒 records/s",
        ),
        lines(
            title("未办理的去向", "read, but not applied"),
            "重复、入隔离区、在案后等待、缺号之后的各有多少？ How much is a repetition, parked, waiting in its case, beyond a gap?",
            COUNT,
            ask(
                f'sum by (node, outcome) (rate(chuanyu_applied_total{{outcome!="applied", {_OF}}}[$__rate_interval]))',
                "{{node}} {{outcome}}",
            ),
            axis="条/秒 records/s",
        ),
    ]


def _delay() -> Panels:
    buckets = f"sum by (node, service, le) (rate(chuanyu_visible_seconds_bucket{{{_OF}}}[$__rate_interval]))"
    return [
        lines(
            title("多久可见，p99", "until visible, p99"),
            "哪个部件让人等得最久？ Which service keeps people waiting?",
            SECONDS,
            ask(f"histogram_quantile(0.99, {buckets})", "{{node}} {{service}}"),
        ),
        heat(
            title("多久可见的分布", "until visible, all of it"),
            "是全都慢，还是少数很慢？ Is everything slow, or a few things very slow?",
            f"sum by (le) (increase(chuanyu_visible_seconds_bucket{{{_OF}}}[$__rate_interval]))",
        ),
        lines(
            title("落后条数", "records behind"),
            "谁在哪个主题上落后多少？ Who is behind on which topic?",
            COUNT,
            ask(f"sum by (node, service, topic) (chuanyu_behind_records{{{_OF}}})", "{{node}} {{service}} {{topic}}"),
            axis="条 records",
        ),
        lines(
            title("最久未办理", "oldest unapplied"),
            "最早的一件已经等了多久？ How long has the oldest record been waiting?",
            SECONDS,
            ask(f"max by (node, service, topic) (chuanyu_oldest_unapplied_seconds{{{_OF}}})", "{{node}} {{service}} {{topic}}"),
            alert="ServiceBehind",
        ),
    ]


def _standstill() -> Panels:
    return [
        bars(
            title("落后最多的分区", "partitions furthest behind"),
            "是一个分区卡住，还是全都慢？ Is one partition stuck, or is everything slow?",
            COUNT,
            ask(f"topk(10, chuanyu_behind_records{{{_OF}}} > 0)", "{{node}} {{service}} {{topic}}/{{partition}}"),
            "全部办完 none behind",
        ),
        rows(
            title("停住的分区", "partitions that stand still"),
            "哪个分区停住，因缺号、因隔离，还是被别的进程接管？ Which partition stands still: a gap, a parked record, another process?",
            f'sum by (node, service, topic, state) (chuanyu_partition_state{{state!="running", {_OF}}}) > 0',
            "无 none",
            HALF,
        ),
        lines(
            title("隔离区", "parked records"),
            "什么在等人处置，因为什么？ What waits for a person, and for which reason?",
            COUNT,
            ask(f"max by (node, service, code) (chuanyu_parked_records{{{_OF}}})", "{{node}} {{service}} {{code}}"),
            axis="条 records",
        ),
        lines(
            title("距上次动作", "since the last turn"),
            "哪个线程活着却不动？ Which thread lives but does nothing?",
            SECONDS,
            ask(f"time() - max by (node, service) (chuanyu_turned_timestamp_seconds{{{_OF}}})", "{{node}} {{service}}"),
            alert="ServiceStuck",
        ),
    ]


def _foundations() -> Panels:
    return [
        lines(
            title("所依赖者失联", "what we stand on is away"),
            "是我们的问题，还是Kafka、数据库的？1为失联。 Is it us, or Kafka, or PostgreSQL? 1 is away.",
            COUNT,
            ask('max by (node, dependency) (chuanyu_dependency_away{node=~"$node"})', "{{node}} {{dependency}}"),
        ),
        lines(
            title("一小时内重启", "starts within an hour"),
            "有进程反复重启吗？ Does a process start again and again?",
            COUNT,
            ask('sum by (node, part) (changes(chuanyu_ready_timestamp_seconds{node=~"$node"}[1h]))', "{{node}} {{part}}"),
            axis="次 starts",
        ),
    ]
