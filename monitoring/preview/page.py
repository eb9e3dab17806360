"""All dashboards as one page that needs nothing else: no network, no script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from chuanyu.domain.dates import SHANGHAI
from preview import charts
from preview.sampled import Board, Panel

_STYLE = Path(__file__).with_name("style.css")


def page(boards: Sequence[Board], start: float, end: float, days: int) -> str:
    """The page. start, end: Unix time; days: sample days that were played meanwhile."""
    began, ended = (datetime.fromtimestamp(at, SHANGHAI) for at in (start, end))
    links = "".join(f'<a href="#{board.uid}">{_both(board.title)}</a>' for board in boards)
    return f"""<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>川渝总线看板预览 · dashboards of the supervision bus</title>
<style>{_STYLE.read_text("utf-8")}</style>
<header><h1>川渝协同监管消息总线 <small>看板预览 · dashboards without a Grafana</small></h1>
<p>本机实测：{began:%Y-%m-%d %H:%M}至{ended:%H:%M}，两省节点各一，连续{days}个样例日（合成数据），由Prometheus每2秒采集。
<span lang="en">Measured on one machine: both nodes, {days} synthetic sample days in a row, read by Prometheus every 2 s.</span></p>
<nav>{links}</nav></header>
<main>{"".join(_board(board) for board in boards)}</main></html>
"""


def _board(board: Board) -> str:
    panels = "".join(_panel(panel) for panel in board.panels)
    head = f'<h2>{_both(board.title)}</h2><p class="question">{_asked(board.question)}</p>'
    return f'<section id="{board.uid}">{head}<div class="panels">{panels}</div></section>'


def _panel(panel: Panel) -> str:
    told = panel.described
    return (
        f'<article class="{told["type"]}" style="--width:{told["gridPos"]["w"]}"><h3>{_both(told["title"])}</h3>'
        f'<p class="question">{_asked(told["description"])}</p>{charts.panel(panel)}</article>'
    )


def _both(title: str) -> str:
    zh, en = title.split(" · ")
    return f'{escape(zh)} <small lang="en">{escape(en)}</small>'


def _asked(question: str) -> str:
    """Chinese up to the last Chinese mark, English from there."""
    cut = max(question.rfind(mark) for mark in "？。") + 1
    return f'{escape(question[:cut])} <span lang="en">{escape(question[cut:].strip())}</span>'
