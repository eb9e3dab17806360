"""结果互认: how much is asked, how fast and how well it is answered."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from boards.panels import COUNT, SECONDS, SHARE, WIDE, Panels, ask, board, heat, lines, number, plain, red_below, red_beyond, title

_ANSWERS = 'rate(chuanyu_recognition_answers_total{node=~"$node"}[$__rate_interval])'
_UNKNOWN = 'rate(chuanyu_recognition_answers_total{status="UNKNOWN", node=~"$node"}[$__rate_interval])'
_BUCKETS = 'sum by (node, le) (rate(chuanyu_recognition_seconds_bucket{node=~"$node"}[$__rate_interval]))'


def recognition() -> Dashboard:
    return board(
        "recognition",
        title("结果互认", "recognition of results"),
        "协调员问得多吗，答得快吗，答得出吗？ How much is asked, how fast is it answered, and how much is unknown?",
        [*_numbers(), *_answers(), *_speed()],
    )


def _numbers() -> Panels:
    return [
        number(
            title("答复/秒", "answers/s"),
            "现在问得多吗？ How much is being asked?",
            COUNT,
            ask(f"sum by (node) ({_ANSWERS})"),
            plain(),
            6,
        ),
        number(
            title("p99用时", "time to answer, p99"),
            "最慢的百分之一要等多久？ How long does the slowest hundredth wait?",
            SECONDS,
            ask(f"histogram_quantile(0.99, {_BUCKETS})"),
            plain(),
            6,
        ),
        number(
            title("0.1秒内答复", "within 0.1 s"),
            "一小时内有多少在0.1秒内答复？目标99%。 Which share of an hour's answers came within 0.1 s? Objective 99 %.",
            SHARE,
            ask('1 - slo:chuanyu_recognition:bad1h{node=~"$node"}'),
            red_below(0.99, 0.95),
            6,
        ),
        number(
            title("对方消息截至", "other side heard"),
            "答复所据的对方消息有多旧？ How old is what the answers rest on?",
            SECONDS,
            ask('max by (node) (chuanyu_other_side_age_seconds{node=~"$node"})'),
            red_beyond("OtherSideSilent"),
            6,
        ),
    ]


def _answers() -> Panels:
    return [
        lines(
            title("答复，按结论", "answers by status"),
            "认、不认、附条件、无法判断各多少？ What is recognised, what not, what on conditions, what is unknown?",
            COUNT,
            ask(f"sum by (status) ({_ANSWERS})", "{{status}}"),
            axis="次/秒 answers/s",
            stacked=True,
        ),
        lines(
            title("无法判断的占比", "share of UNKNOWN"),
            "有多少因为没有资料而答不出？ How much cannot be answered for want of facts?",
            SHARE,
            ask(f"sum by (node) ({_UNKNOWN}) / sum by (node) ({_ANSWERS})"),
        ),
    ]


def _speed() -> Panels:
    return [
        lines(
            title("用时", "time to answer"),
            "在毫秒之内答复吗？ Do coordinators get their answer in milliseconds?",
            SECONDS,
            *(ask(f"histogram_quantile({share}, {_BUCKETS})", f"{{{{node}}}} {name}") for share, name in ((0.5, "p50"), (0.99, "p99"))),
        ),
        heat(
            title("用时的分布", "time to answer, all of it"),
            "是全都慢，还是少数很慢？ Is everything slow, or a few questions very slow?",
            'sum by (le) (increase(chuanyu_recognition_seconds_bucket{node=~"$node"}[$__rate_interval]))',
        ),
        lines(
            title("超过0.1秒的占比", "slower than 0.1 s"),
            "时效承诺还剩多少余地？一小时、六小时。 How much of the time budget is being spent? One hour, six hours.",
            SHARE,
            ask('slo:chuanyu_recognition:bad1h{node=~"$node"}', "{{node}} 1h"),
            ask('slo:chuanyu_recognition:bad6h{node=~"$node"}', "{{node}} 6h"),
            width=WIDE,
        ),
    ]
