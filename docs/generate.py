"""`make docs`: writes the pages that follow from the code. A test compares them, so that no page can fall behind."""

from __future__ import annotations

from pathlib import Path

from chuanyu import node
from chuanyu.kernel import metrics, settings

HERE = Path(__file__).parent

METRICS = """# Metrics · 指标

Generated from `kernel/metrics.py` by `make docs`. Every process serves its own at `http://CHUANYU_LISTEN_METRICS/metrics`: on
loopback, or where only probes and Prometheus reach it. 本页由 `make docs` 从代码生成，请勿手改。每个进程各自提供指标，地址限于本机回环，或只有探针与
Prometheus 能到达的网络。

{table}
"""
CONFIGURATION = """# Configuration · 配置

Generated from the settings of `node.py` by `make docs`. Environment variables only; an empty one counts as missing. Addresses, keys and
passwords have no default. `chuanyu run PART --check` names everything that is missing or wrong at once, and prints the rest with secrets
masked. 本页由 `make docs` 从代码生成，请勿手改。全部配置取自环境变量；地址、密钥、口令一律没有默认值。启动前请先执行
`chuanyu run 部件名 --check`，缺项错项会一次列全。

## Every part · 各部件通用

{part}

## Parts with a door · 另加于对外应答的部件（`node`, `gateway`, `recognition`）

{door}

## Beside them · 其他

| variable | meaning |
|---|---|
| `CHUANYU_PARENT_FD` | a pipe that a supervisor holds open: the process leaves when it closes |
| `CHUANYU_AT` | gRPC address of the node that client commands ask, host:port |
"""


def pages() -> dict[Path, str]:
    """file → its text."""
    part, door = settings.describe(node.PartSettings), settings.describe(node.DoorSettings)
    return {
        HERE / "metrics.md": METRICS.format(table=metrics.describe()),
        HERE / "configuration.md": CONFIGURATION.format(part=part, door=door),
    }


if __name__ == "__main__":
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")
