"""Kafka as deploy/kubernetes wants it, in one real broker: TLS with certificates, and of the KafkaUsers' rights no more and no less."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka import KafkaError, Producer
from kafka import TopicPartition
from kafka.errors import GroupAuthorizationFailedError, for_code
from kafka.structs import OffsetAndMetadata
from msgspec.structs import replace

from chuanyu import cli
from chuanyu.embedded import places, ports
from chuanyu.embedded import stack as embedded_stack
from chuanyu.embedded.certificates import Authority
from chuanyu.embedded.postgres import Server
from chuanyu.embedded.stack import Stack
from chuanyu.kernel import topics
from chuanyu.kernel.codec import draft
from chuanyu.kernel.store import entry_of, log
from kit.bus import eventually
from kit.cases import NOON, result
from kit.kubernetes import objects
from kit.rig import HERE, THERE, Rig
from kit.secured import SecuredBroker

pytestmark = pytest.mark.timeout(240)

TOPICS = {topic.name: topic.partitions for topic in topics.declared((HERE, THERE))}
HEARS = {
    "gateway": {"system"},
    "relay": set(),
    "spotcheck": {"spotcheck"},
    "recall": {"recall"},
    "credit": {"credit"},
    "recognition": {"spotcheck", "recall", "credit", "reference"},
    "warning": {"spotcheck", "warning"},
}
"""part → the families that it applies, of both provinces. Every part also reads seal keys and heartbeats."""
READS = {"READ", "DESCRIBE"}
Way = dict[str, str]  # how a process comes to Kafka: variables of its environment
Command = Callable[[str, Way], tuple[int, str, str]]
USERS = (*HEARS, "topics", f"mirror-from-{THERE}", f"mirror-to-{THERE}")


def may(user: str, topic: str) -> set[str]:
    """What the house lets a user do with a topic of the Sichuan cluster."""
    province, _, family = topic.partition(".")
    if user in HEARS:
        writes = {"WRITE", *READS} if user == "relay" and province == HERE else set()
        return writes | (READS if family in HEARS[user] | {"system", "heartbeat"} else set())
    return {
        "topics": {"DESCRIBE", "DESCRIBE_CONFIGS", "CREATE", "ALTER_CONFIGS"},
        f"mirror-from-{THERE}": {"WRITE", "DESCRIBE_CONFIGS", *READS} if province == THERE else set(),
        f"mirror-to-{THERE}": {"DESCRIBE_CONFIGS", *READS} if province == HERE else set(),
    }[user]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Sichuan's cluster under Sichuan's users. Chongqing's relay stands in for the mirror and writes through the test's own listener."""
    family = embedded_stack.family(places.directory(tmp_path_factory.mktemp("secured") / "stack"))
    plain, controller, secured, postgres = ports.any_free(4)
    stack = Stack(Server(family, postgres), (SecuredBroker(family, "kafka", plain, controller, secured),))
    stack.start(lambda _: None)
    made = Rig(stack)
    broker(made).grant([thing for thing in objects(HERE) if thing["kind"] == "KafkaUser"])
    yield made
    made.close()
    stack.stop()


def broker(rig: Rig) -> SecuredBroker:
    found = rig.stack.broker
    assert isinstance(found, SecuredBroker)
    return found


def comes(rig: Rig, name: str, **properties: str) -> Way:
    """A process's way to Kafka: over TLS, with the certificate of that user."""
    at = broker(rig)
    file = at.file(f"{name}-{uuid4().hex[:6]}", at.client(name) | properties)
    return {"CHUANYU_KAFKA": at.secured, "CHUANYU_KAFKA_CLIENT_FILE": str(file)}


def environment(rig: Rig, way: Way) -> dict[str, str]:
    """The node of Sichuan, which comes to Kafka that way."""
    base = {key: value for key, value in os.environ.items() if not key.startswith("CHUANYU_")}
    return base | rig.nodes[HERE].environment() | {"CHUANYU_LISTEN_METRICS": ports.address(ports.any_free(1)[0])} | way


@pytest.fixture
def command(rig: Rig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """`chuanyu topics` on the node of Sichuan: (word, way) → status, output, error."""

    def run(word: str, way: Way) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            for name, value in environment(rig, way).items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as left:
                cli.main(["topics", word, "--environment", "--durability", "embedded"])
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return run


def accept_failure(rig: Rig, province: str) -> None:
    """A failed sample of a producer in Yibin, accepted at that node."""
    case = f"{province}/spotcheck/XBJ2650010300{1 if province == HERE else 2}"
    event = result(case=case)
    event = replace(event, sampling=replace(event.sampling, sample_no=case.rpartition("/")[2]))
    made = draft(event, id=uuid4(), source=f"/{province}/amr", subject=case, time=NOON, recordedtime=NOON)
    with rig.connection(province) as connection, connection.transaction():
        log.open_for_append(connection)
        log.append(connection, [entry_of(made, TOPICS)])


def reads_all(rig: Rig, part: str, name: str) -> bool:
    """Whether the process reads every partition of what its part applies, as its metrics tell."""
    wanted = {(t, n) for t, count in TOPICS.items() if t.partition(".")[2] in HEARS[part] for n in range(count)}
    told = rig.metric(name, "chuanyu_partition_state", service=part, state="running")
    return {(one.labels["topic"], int(one.labels["partition"])) for one in told if one.value} == wanted


def test_s1_s2_every_part_works_over_tls_with_its_own_certificate_and_rights(rig: Rig) -> None:
    """A failure is accepted in each province: Sichuan's warning, read and said over TLS, reaches the cases of the same node."""
    rig.start("relay", THERE)
    grpc, rest = map(ports.address, ports.any_free(2))
    doors = {"recognition": {"CHUANYU_LISTEN_GRPC": grpc, "CHUANYU_LISTEN_REST": rest}}
    with ThreadPoolExecutor() as pool:
        started = pool.map(lambda part: rig.start(part, **comes(rig, part), **doors.get(part, {})), HEARS)
        names = dict(zip(HEARS, started, strict=True))
    accept_failure(rig, HERE)
    accept_failure(rig, THERE)
    for part, name in names.items():
        eventually(lambda part=part, name=name: reads_all(rig, part, name), f"{part} reads what it applies", 40)  # type: ignore[misc]
    with rig.connection(HERE) as here:
        raised = "SELECT 1 FROM bus.log WHERE topic = 'sichuan.warning' AND type LIKE '%%alert_raised%%' AND sequence IS NOT NULL"
        eventually(lambda: here.execute(raised).fetchone(), "the alert is said and relayed", 40)
        kept = "SELECT 1 FROM cases.case WHERE case_id LIKE 'sichuan/warning/%%'"
        eventually(lambda: here.execute(kept).fetchone(), "its case is open", 40)
    refused = {name: rig.log(name) for name in names.values() if '"code"' in rig.log(name)}
    assert (refused, rig.ends) == ({}, [])
    for name in (*names.values(), f"relay-{THERE}"):
        rig.stop(name)


@pytest.mark.parametrize("user", USERS)
def test_s2_a_user_may_do_with_each_topic_what_the_house_says_and_nothing_else(rig: Rig, user: str) -> None:
    """Every operation on every topic, as the broker itself judges it."""
    with broker(rig).asking(user) as admin:
        found = {each["name"]: each for each in admin.describe_topics(list(TOPICS))}
        cluster = set(admin.describe_cluster().get("authorized_operations") or ())
    allowed = {topic: set() if each["error_code"] else set(each["authorized_operations"]) for topic, each in found.items()}
    assert allowed == {topic: may(user, topic) for topic in TOPICS}
    assert {for_code(each["error_code"]).__name__ for each in found.values()} <= {"NoError", "TopicAuthorizationFailedError"}
    assert cluster == ({"DESCRIBE"} if user.startswith("mirror-") else set())


@pytest.mark.parametrize("user", USERS)
def test_s2_a_user_may_join_its_own_group_and_no_other(rig: Rig, user: str) -> None:
    """Who could join another's group could take its partitions from it."""
    own = {f"{HERE}.{user}", "chuanyu-reader"} if user in HEARS else {user} if user == f"mirror-from-{THERE}" else set()
    groups = [*(f"{HERE}.{part}" for part in HEARS), "chuanyu-reader", f"mirror-from-{THERE}"]
    joins = set()
    slot = TopicPartition(f"{HERE}.heartbeat", 0)
    with broker(rig).asking(user) as admin:
        for group in groups:
            try:
                (said,) = admin.alter_group_offsets(group, {slot: OffsetAndMetadata(0, "", -1)}).values()
            except GroupAuthorizationFailedError:
                continue
            joins |= set() if said is GroupAuthorizationFailedError else {group}
    assert joins == own


def test_s2_a_record_of_who_may_not_write_is_refused(rig: Rig) -> None:
    """The control, with the relay's certificate, is taken: it is the right that decides."""
    outcomes: dict[str, KafkaError | None] = {}
    for user in ("recall", "warning", f"mirror-to-{THERE}", "topics", "relay"):
        client = Producer({"bootstrap.servers": broker(rig).secured, **broker(rig).client(user), "log_level": 0})
        client.produce(f"{HERE}.assistance", b"x", on_delivery=lambda error, _, user=user: outcomes.__setitem__(user, error))
        assert client.flush(15) == 0
    codes = {user: error and error.code() for user, error in outcomes.items()}
    assert codes == dict.fromkeys(codes, KafkaError.TOPIC_AUTHORIZATION_FAILED) | {"relay": None}


def test_s2_topics_are_planned_made_and_set_by_their_administrator(rig: Rig, command: Command) -> None:
    """A topic that is gone and one that was set otherwise are put right, with the certificate of the KafkaUser `topics`."""
    admin = comes(rig, "topics")
    assert command("plan", admin) == (0, f"{HERE}: all topics stand as declared\n", "")
    lost, changed = f"{HERE}.recall", f"{HERE}.credit"
    topics.delete(broker(rig).bootstrap, [lost])
    topics.apply(broker(rig).bootstrap, [otherwise(changed, "max.message.bytes", "2048")])
    declared, plain = topics.declared((HERE, THERE)), broker(rig).bootstrap
    eventually(lambda: sizes(topics.plan(plain, declared)) == (1, 1), "the broker knows what was done to it")
    done = f"{{}} {lost} with 12 partitions, 1 copies", f"{{}} {changed} max.message.bytes from 2048 to 1048576"
    for word, status, verbs in (("plan", 1, ("would make", "would set")), ("apply", 0, ("made", "set"))):
        lines = [f"{HERE}: {line.format(verb)}\n" for line, verb in zip(done, verbs, strict=True)]
        assert command(word, admin) == (status, "".join(lines), "")
    eventually(lambda: not topics.plan(plain, declared), "all topics stand as declared again")
    status, _, error = command("lag", admin)
    assert (status, error) == (0, "")


def sizes(plan: topics.Plan) -> tuple[int, int]:
    return len(plan.create), len(plan.change)


def otherwise(topic: str, setting: str, value: str) -> topics.Topic:
    (found,) = (each for each in topics.declared((HERE, THERE)) if each.name == topic)
    return topics.Topic(topic, found.partitions, found.replication, {**found.config, setting: value})


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority of which the broker has never heard."""
    return tmp_path_factory.mktemp("stranger")


REFUSALS = (
    "another's certificate",
    "wrong authority",
    "no certificate",
    "a stranger's certificate",
    "wrong name",
    "plain text",
    "nobody there",
)


def refused_with(rig: Rig, how: str, stranger: Path) -> tuple[Way, int, str]:
    """The way, and the status and words with which `topics plan` must end."""
    theirs = Authority(stranger)
    strange = theirs.client(stranger / "topics", "topics", "urn:kafka-user:topics")
    at = broker(rig)
    named = comes(rig, "topics")
    bare = at.file("bare", {key: value for key, value in at.client("topics").items() if "certificate" not in key and "key" not in key})
    shown = {"ssl.certificate.location": str(strange.certificate), "ssl.key.location": str(strange.key)}
    return {
        "another's certificate": (comes(rig, "recall"), 1, "TopicAuthorizationFailed"),
        "wrong authority": (comes(rig, "topics", **{"ssl.ca.location": str(theirs.certificate_file)}), 1, "is not believed"),
        "no certificate": (named | {"CHUANYU_KAFKA_CLIENT_FILE": str(bare)}, 1, "refuses our certificate"),
        "a stranger's certificate": (comes(rig, "topics", **shown), 1, "refuses our certificate"),
        "wrong name": (named | {"CHUANYU_KAFKA": f"127.1:{at.tls_port}"}, 1, "Hostname mismatch"),
        "plain text": ({"CHUANYU_KAFKA": at.secured}, 3, "does not answer"),
        "nobody there": (named | {"CHUANYU_KAFKA": ports.address(ports.any_free(1)[0])}, 3, "does not answer"),
    }[how]


@pytest.mark.parametrize("how", REFUSALS)
def test_s1_s2_topics_plan_is_refused_in_one_clear_sentence(rig: Rig, command: Command, stranger: Path, how: str) -> None:
    way, status, words = refused_with(rig, how, stranger)
    found, output, error = command("plan", way)
    assert (found, output) == (status, "")
    sentence, way_out = error.splitlines()
    assert sentence.startswith("Error: ") and words in sentence
    assert way_out.startswith("What to do: docs/runbooks/")


def test_s1_warning_stops_when_tls_is_refused_by_either_side(rig: Rig, stranger: Path) -> None:
    """faust alone would try for ever and say nothing."""
    reasons = {
        "wrong authority": "certificate_not_believed",
        "wrong name": "certificate_not_believed",
        "no certificate": "tls_refused",
        "a stranger's certificate": "tls_refused",
    }

    def ended(how: str) -> dict[str, object]:
        told = environment(rig, refused_with(rig, how, stranger)[0])
        done = subprocess.run([sys.executable, "-m", "chuanyu", "run", "warning"], env=told, capture_output=True, timeout=60, cwd="/")
        assert done.returncode == 1
        return dict(json.loads(done.stderr.splitlines()[-1]))

    with ThreadPoolExecutor() as pool:
        lines = dict(zip(reasons, pool.map(ended, reasons), strict=True))
    assert {how: (line["event"], line["code"], line["kafka_code"]) for how, line in lines.items()} == {
        how: ("stopped", "bus_misused", reason) for how, reason in reasons.items()
    }
