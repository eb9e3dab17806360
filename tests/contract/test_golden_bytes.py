"""The examples of every event are golden: JSON, wire bytes and faults, read and written by our codec and by Apache's library alike."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import avro.io
import avro.schema
import msgspec
import pytest
from avro.errors import AvroException

from chuanyu.contracting import examples, forms, law
from chuanyu.contracting.avro_library import without_logical_types
from chuanyu.contracting.examples import Example
from chuanyu.contracting.tree import load
from chuanyu.contracts.registry import BY_CLASS, CONTRACTS, Contract
from chuanyu.kernel import codec
from chuanyu.kernel.faults import Poison
from kit.law import PROTOS, TREE, Law

ALL = [example for directory in sorted(load(TREE).events) for example in examples.read(TREE, directory)]
GOLDEN = [example for example in ALL if example.fault is None]
REFUSED_JSON = [example for example in ALL if example.fault and example.value is not None]
REFUSED_BYTES = [example for example in ALL if example.fault and example.hex]


def contract_of(example: Example) -> Contract:
    """The newest contract of the event that an example stands beside."""
    return max(
        (contract for contract in CONTRACTS.values() if f":{example.directory.replace('/', ':')}:" in contract.dataschema),
        key=lambda contract: contract.version,
    )


def written_under(example: Example) -> Contract:
    """The contract whose id an example's bytes carry."""
    assert example.hex is not None
    return CONTRACTS[int(example.hex[2:10], 16)]


def says(example: Example, event: msgspec.Struct) -> bool:
    """Whether an event is what an example's bytes say, and where they are of the newest version, gives the same bytes again."""
    value = bytes.fromhex(example.hex or "")
    newest = written_under(example) is contract_of(example)
    return codec.decode(value) == event and (not newest or codec.encode(event) == value)


@pytest.mark.parametrize("example", GOLDEN, ids=str)
def test_json_becomes_the_golden_bytes(example: Example) -> None:
    contract = written_under(example)
    wire, violations = forms.from_json(contract, example.value)
    assert violations == []
    assert says(example, forms.to_event(contract, wire))


@pytest.mark.parametrize("example", GOLDEN, ids=str)
def test_golden_bytes_become_the_json(example: Example) -> None:
    """What comes out says all that went in, under the schema's own names, and gives the same bytes again."""
    contract = written_under(example)
    event = codec.decode(bytes.fromhex(example.hex or ""))
    data = forms.to_json(contract, event)
    assert forms.from_json(contract, data)[1] == []
    assert says(example, forms.to_event(contract, forms.from_json(contract, data)[0]))
    if example.name == "full":
        assert data == example.value


@pytest.mark.parametrize("example", GOLDEN, ids=str)
def test_apaches_library_reads_and_writes_the_same_bytes(example: Example) -> None:
    """The oracle: another implementation of Avro, over the schema that a node serves."""
    value = bytes.fromhex(example.hex or "")
    contract = written_under(example)
    body = BytesIO(value[5:])
    read = avro.io.DatumReader(_oracle(contract)).read(avro.io.BinaryDecoder(body))
    assert body.read() == b""
    assert forms.to_event(contract, read) == codec.decode(value)
    sink = BytesIO()
    avro.io.DatumWriter(_oracle(contract)).write(read, avro.io.BinaryEncoder(sink))
    assert sink.getvalue() == value[5:]


def _oracle(contract: Contract) -> avro.schema.Schema:
    return avro.schema.parse(msgspec.json.encode(without_logical_types(contract.schema)).decode())


@pytest.mark.parametrize("example", [each for each in GOLDEN if each.name == "full"], ids=str)
def test_the_full_example_leaves_nothing_out(example: Example) -> None:
    assert list(_empty(forms.to_json(written_under(example), codec.decode(bytes.fromhex(example.hex or ""))), "")) == []


def _empty(data: object, at: str) -> list[str]:
    if isinstance(data, dict):
        return [place for name, part in data.items() for place in _empty(part, f"{at}.{name}")]
    if isinstance(data, list) and data:
        return [place for part in data for place in _empty(part, f"{at}[]")]
    return [at] if data in (None, [], "UNKNOWN") else []


@pytest.mark.parametrize("example", REFUSED_JSON, ids=str)
def test_refused_json_is_refused_with_its_fault(example: Example) -> None:
    _, violations = forms.from_json(contract_of(example), example.value)
    assert [violation.code for violation in violations] == [example.fault]
    assert all(violation.zh and violation.en and violation.field for violation in violations)


@pytest.mark.parametrize("example", REFUSED_BYTES, ids=str)
def test_refused_bytes_are_poison_with_their_code(example: Example) -> None:
    with pytest.raises(Poison) as refusal:
        codec.decode(bytes.fromhex(example.hex or ""))
    assert refusal.value.code == example.fault


@pytest.mark.parametrize("example", [each for each in GOLDEN if each.name == "full"], ids=str)
def test_every_cut_of_a_value_is_poison(example: Example) -> None:
    """Both libraries agree that nothing short of the whole is an event."""
    value = bytes.fromhex(example.hex or "")
    for length in range(5, len(value)):
        with pytest.raises(Poison):
            codec.decode(value[:length])
    with pytest.raises((AvroException, EOFError, IndexError, TypeError, ValueError)):
        avro.io.DatumReader(_oracle(written_under(example))).read(avro.io.BinaryDecoder(BytesIO(value[5:-1])))


def test_the_newest_class_writes_the_newest_contract() -> None:
    for contract in CONTRACTS.values():
        assert BY_CLASS[contract.cls].version >= contract.version


def test_a_second_version_reads_what_the_first_wrote_and_gives_the_same_bytes(tmp_path: Path) -> None:
    """A contract grows; records of before keep their id, their bytes and their meaning under the new classes."""
    private = Law(tmp_path)
    event = "case/withdrawn"
    added = {"name": "extra", "type": ["null", "string"], "default": None, "doc": "补充 · Something more.", "chuanyu.class": "L2"}
    private.next_version(event, lambda schema: schema["fields"].append(added))
    contracts = tmp_path / "services" / "contracts"
    assert law.enact(private.root, PROTOS, contracts) == []
    lock = (private.root / "LOCK").read_text(encoding="utf-8")
    assert lock.startswith((TREE / "LOCK").read_text(encoding="utf-8"))
    assert f" {event}/2.avsc " in lock
    old = next(each for each in GOLDEN if each.directory == event and each.name == "full")
    done = subprocess.run([sys.executable, "-c", _GROWN, str(contracts.parent), old.hex or ""], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == [old.hex, "None", "2"]


_GROWN = """
import sys, chuanyu
chuanyu.__path__.insert(0, sys.argv[1])
from uuid import UUID
from chuanyu.contracts import registry
from chuanyu.kernel import codec
value = bytes.fromhex(sys.argv[2])
event = codec.decode(value)
old = registry.CONTRACTS[int.from_bytes(value[1:5], "big")]
head = codec.draft(event, id=UUID(int=1), source="/sichuan/amr", subject="sichuan/recall/x", time=0, recordedtime=0).head
record = codec.to_record(event, __import__("dataclasses").replace(head, dataschema=old.dataschema))
print(record.value.hex(), event.extra, registry.BY_CLASS[type(event)].version)
"""
