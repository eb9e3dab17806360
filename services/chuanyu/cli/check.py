"""`chuanyu check`: does the other side's result count here, and why?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click
import orjson

from chuanyu.cli import CONDITIONAL, DONE, NO, connect
from chuanyu.cli.connect import Caller
from chuanyu.domain.dates import SHANGHAI, day_of

STATUSES = {"RECOGNISED": DONE, "NOT_RECOGNISED": NO, "CONDITIONAL": CONDITIONAL, "UNKNOWN": CONDITIONAL}
_WORDS = {
    "RECOGNISED": "予以互认 · recognised",
    "NOT_RECOGNISED": "不予互认 · not recognised",
    "CONDITIONAL": "附条件互认 · recognised on conditions",
    "UNKNOWN": "无法判断 · this node cannot say",
}
_VERDICTS = {"PASSED": "合格 · passed", "FAILED": "不合格 · failed", "PROBLEM": "问题样品 · problem"}
_COLOURS = {"RECOGNISED": "green", "NOT_RECOGNISED": "red", "CONDITIONAL": "yellow", "UNKNOWN": "magenta"}
_CERTAINTY = {"to be checked": "（依据待核实 · source to be checked）", "policy": "（政策约定 · policy）"}


@click.group()
def command() -> None:
    """Ask whether a result counts here.

    Exit status: 0 recognised, 1 not recognised, 4 conditional or unknown, 3 no answer for 30 s.
    """


def asks(function: Any) -> Any:
    """Adds what every question takes."""
    function = click.option("--json", "as_json", is_flag=True, help="The answer as one JSON document.")(function)
    function = connect.options(function)
    function = click.option("--purpose", default="", help="What the answer is needed for.")(function)
    return click.option("--on", default="", metavar="DATE", help="The day on which it is to count, YYYY-MM-DD. Default: today.")(function)


@command.command()
@click.argument("number")
@asks
def sample(number: str, **rest: Any) -> int:
    """A sample by its 抽样编号."""
    return _ask({"sample": {"sample_no": number}}, **rest)


@command.command()
@click.option("--cma", required=True, help="CMA number of the laboratory.")
@click.option("--no", "number", required=True, help="The laboratory's number of the report.")
@click.option("--issued", default="", metavar="DATE", help="Day of issue on the paper.")
@click.option("--digest", default="", metavar="HEX", help="SHA-256 or SM3 of the report's file.")
@asks
def report(cma: str, number: str, issued: str, digest: str, **rest: Any) -> int:
    """A test report."""
    return _ask({"report": {"cma_no": cma, "report_no": number, "issued_on": issued, "digest": digest}}, **rest)


@command.command()
@click.argument("number", metavar="CMA")
@click.option("--parameter", default="", help="Tested parameter.")
@click.option("--standard", default="", help="Test standard.")
@asks
def laboratory(number: str, parameter: str, standard: str, **rest: Any) -> int:
    """A laboratory by its CMA or CNAS number."""
    return _ask({"laboratory": {"number": number, "parameter": parameter, "standard": standard}}, **rest)


@command.command()
@click.argument("kind")
@click.argument("number")
@asks
def certificate(kind: str, number: str, **rest: Any) -> int:
    """A certificate: KIND such as CCC or 有机, and its number."""
    return _ask({"certificate": {"kind": kind, "number": number}}, **rest)


@command.command()
@click.argument("called", metavar="NAME")
@click.option("--producer", required=True, metavar="USCC|NAME", help="Who makes it.")
@asks
def product(called: str, producer: str, **rest: Any) -> int:
    """A producer's product: its last results."""
    return _ask({"product": {"name": called, "producer": producer}}, **rest)


@command.command()
@click.argument("enterprise", metavar="USCC|NAME")
@asks
def enterprise(enterprise: str, **rest: Any) -> int:
    """An enterprise: what stands against it."""
    return _ask({"enterprise": {"enterprise": enterprise}}, **rest)


def _ask(question: Mapping[str, Any], *, caller: Caller, on: str, purpose: str, as_json: bool) -> int:
    from chuanyu.contracts.pb.recognition.v1.recognition_pb2 import CheckRecognitionRequest
    from chuanyu.contracts.pb.recognition.v1.recognition_pb2_grpc import RecognitionServiceStub
    from chuanyu.kernel.refusals import Refused
    from chuanyu.recognition.questions import judge
    from chuanyu.recognition.rest import answer_json

    asked = CheckRecognitionRequest(on=on, purpose=purpose, **question)
    try:
        judge(asked, day_of(datetime.now(UTC)))
    except Refused as refused:
        raise click.UsageError("\n".join(f"{one.field}: {one.zh} · {one.en}" for one in refused.violations)) from refused
    try:
        answer = answer_json(caller.ask(lambda channel: RecognitionServiceStub(channel).CheckRecognition, asked))
    except connect.TurnedAway as turned:  # its status would say "not recognised"
        raise click.ClickException(str(turned)) from turned
    click.echo(orjson.dumps(answer)) if as_json else _print(answer)
    return STATUSES[answer["status"]]


def _print(answer: Mapping[str, Any]) -> None:
    """For people: the status, then why, on which conditions, by which events, until when, how fresh."""
    click.secho(f"{_WORDS[answer['status']]} ({answer['status']})", bold=True, fg=_COLOURS[answer["status"]])
    for reason in answer["reasons"]:
        click.echo(f"  {reason['code']}: {reason['zh']} · {reason['en']}")
        click.echo(f"      {reason['source']}{_CERTAINTY.get(reason['source_certainty'], '')}  {reason['rule']}")
    _section("条件 · conditions", [_condition(one) for one in answer["conditions"]])
    _section("可能所指 · candidates", [f"{one['key']}  {one['label'] or ''}  {one['province']}" for one in answer["candidates"]])
    _section("依据 · evidence", [_evidence(one) for one in answer["evidence"]])
    ages = ", ".join(f"{province} {_age(seconds)}" for province, seconds in answer["freshness_seconds"].items())
    click.echo(f"有效至 · valid until {_clock(answer['valid_until'])}   截至 · as of {_clock(answer['as_of'])}")
    click.echo(f"数据时效 · data age: {ages}")
    click.echo(f"问题摘要 · request digest {answer['request_digest']}")


def _section(title: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo(title)
    for line in lines:
        click.echo(f"  {line}")


def _condition(one: Mapping[str, Any]) -> str:
    until = f"（至 · until {_clock(one['until'])}）" if one["until"] else ""
    return f"{one['zh']} · {one['en']}{until}"


def _evidence(one: Mapping[str, Any]) -> str:
    verdict = _VERDICTS.get(one["verdict"], one["verdict"])
    proof = f"{one['event_id']}  {one['topic']} #{one['sequence']}  digest {one['digest'][:16]}…"
    return f"{one['case_id']}  {verdict}  报送于 · accepted {_clock(one['recorded_at'])}\n      {proof}"


def _clock(instant: str) -> str:
    """As the clocks of both provinces show it."""
    return f"{datetime.fromisoformat(instant).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _age(seconds: float | None) -> str:
    return "从未收到 · never" if seconds is None else f"{seconds:.1f} s"
