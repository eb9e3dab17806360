"""PromQL expressions as trees, for tests of what Prometheus and Grafana are told to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from promql_parser import AggregateExpr, BinaryExpr, Call, Expr, MatrixSelector, ParenExpr, SubqueryExpr, UnaryExpr


def parts(expression: Expr) -> Iterator[Expr]:
    """The expression and everything in it."""
    yield expression
    match expression:
        case BinaryExpr():
            inner = [expression.lhs, expression.rhs]
        case AggregateExpr():
            inner = [expression.expr]
        case ParenExpr() | UnaryExpr() | SubqueryExpr():
            inner = [expression.expr]
        case Call():
            inner = list(expression.args)
        case MatrixSelector():
            inner = [expression.vector_selector]
        case _:
            inner = []
    for part in inner:
        yield from parts(part)


@cache
def recorded(rules: Path) -> dict[str, str]:
    """Recording rule → its expression."""
    groups = yaml.safe_load((rules / "recording.yml").read_text("utf-8"))["groups"]
    return {rule["record"]: rule["expr"] for group in groups for rule in group["rules"]}


def expand(expression: str, rules: Path) -> str:
    """The expression with what its recording rules stand for in their places; a matcher on one of them goes to its first selector."""
    for name, meaning in recorded(rules).items():
        pattern = re.compile(re.escape(name) + r"(\{[^}]*\})?(?![\w:])")
        expression = pattern.sub(lambda found, meaning=meaning: f"({_chosen(meaning, found[1] or '')})", expression)
    return expression


def _chosen(meaning: str, matchers: str) -> str:
    return re.sub(r"(chuanyu_\w+)(?!\w)", rf"\1{matchers}", meaning, count=1) if matchers else meaning
