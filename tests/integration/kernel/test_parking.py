"""D13, D14, D16, D18, P3, P4: what can never be applied is kept aside with its bytes, its case waits, and a person decides."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from uuid import uuid4

import pytest

from chuanyu.kernel import keys
from chuanyu.kernel.bus import says
from chuanyu.kernel.codec import draft
from chuanyu.kernel.envelope import Record, pack_headers, partition
from chuanyu.kernel.seal import Signer
from kit.bus import FAMILY, PARTITIONS, Node, eventually, now, put_header
from kit.owner import Owner, cases, decided


@pytest.fixture
def owner(there: Node) -> Owner:
    return Owner(there)


def states(node: Node) -> list[tuple[int, str, str]]:
    return node.connection.execute("SELECT sequence, code, state FROM bus.parked ORDER BY sequence, id").fetchall()


def applied(node: Node) -> list[int]:
    return [effect.sequence for effect in node.effects()]


def digest_of(node: Node, sequence: int) -> bytes:
    row = node.connection.execute("SELECT digest FROM bus.parked WHERE sequence = %s", [sequence]).fetchone()
    assert row
    return bytes(row[0])


def decide(node: Node, owner: Owner, sequence: int, act: str) -> None:
    assert decided(node, owner.topic, digest_of(node, sequence), act) == 1


def cut(owner: Owner, record: Record) -> Record:
    return owner.seal(replace(record, value=record.value[:-3]))


def foreign(owner: Owner, record: Record) -> Record:
    return owner.seal(replace(record, value=b"\0" + (999_999).to_bytes(4, "big") + record.value[5:]))


def unsealed(owner: Owner, record: Record) -> Record:
    good = owner.seal(record)
    return replace(good, value=good.value[:-1] + bytes([good.value[-1] ^ 1]))


def misplaced(owner: Owner, record: Record) -> Record:
    """A key that belongs to another partition."""
    other = next(w for w in (f"m{n}" for n in range(1000)) if partition(f"{record.topic.split('.')[0]}/{FAMILY}/{w}".encode(), PARTITIONS))
    subject = f"{record.topic.split('.')[0]}/{FAMILY}/{other}"
    headers = tuple((name, subject.encode() if name == "ce_subject" else value) for name, value in record.headers)
    return owner.seal(replace(record, key=subject.encode(), headers=headers))


def repeated_header(owner: Owner, record: Record) -> Record:
    return replace(good := owner.seal(record), headers=(*good.headers, good.headers[2]))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (cut, "record_malformed"),
        (foreign, "schema_unknown"),
        (unsealed, "seal_invalid"),
        (misplaced, "source_mismatch"),
        (repeated_header, "seal_invalid"),
    ],
)
def test_d13_a_poison_record_is_parked_with_its_bytes_and_reason(here: Node, owner: Owner, spoil, code: str) -> None:  # type: ignore[no-untyped-def]
    held, free = cases(owner.node, 2)
    bad = spoil(owner, owner.record(held))
    owner.sends(bad, owner.seal(owner.record(free)), owner.seal(owner.record(held)))
    here.start_service()
    waits = bad.key == owner.record(held).key
    eventually(lambda: applied(here) == ([2] if waits else [2, 3]), "the others flow")
    eventually(lambda: len(states(here)) == 1 + waits, "its case waits")
    assert states(here)[0] == (1, code, "PARKED")
    assert not waits or states(here)[1] == (3, "", "WAITING")
    row = here.connection.execute("SELECT key, headers, value, reason FROM bus.parked WHERE sequence = 1").fetchone()
    assert row and (bytes(row[0]), bytes(row[1]), bytes(row[2])) == (bad.key, pack_headers(bad.headers), bad.value)
    assert row[3]


@pytest.mark.parametrize("leader", ["poison", "handler"])
def test_d13_a_record_that_breaks_a_rule_holds_its_case_for_its_owner_alone(here: Node, owner: Owner, leader: str) -> None:
    held, free = cases(owner.node, 2)
    said = [(free, None), (held, leader), (held, None), (free, None)]
    owner.sends(*(owner.seal(owner.record(*each)) for each in said))
    here.start_service()
    eventually(lambda: applied(here) == [1, 4], "the other case flows")
    assert states(here) == [(2, "rule_violated", "PARKED"), (3, "", "WAITING")]


@pytest.mark.parametrize("leader", ["poison", "handler"])
def test_d14_discard_skips_and_what_waited_goes_on_in_sequence(here: Node, owner: Owner, leader: str) -> None:
    (case,) = cases(owner.node, 1)
    owner.sends(*(owner.seal(owner.record(case, leader if n == 0 else None)) for n in range(4)))
    here.start_service()
    eventually(lambda: len(states(here)) == 4, "all four are kept")
    decide(here, owner, 1, "DISCARD")
    eventually(lambda: applied(here) == [2, 3, 4], "what waited is applied")
    assert [state for _, _, state in states(here)] == ["DISCARDED", "APPLIED", "APPLIED", "APPLIED"]
    owner.sends(owner.seal(owner.record(case)))
    eventually(lambda: applied(here) == [2, 3, 4, 5], "the hold is gone")


def test_d14_the_drain_stops_at_the_next_poison(here: Node, owner: Owner) -> None:
    (case,) = cases(owner.node, 1)
    owner.sends(*(owner.seal(owner.record(case, "poison" if n in (0, 2) else None)) for n in range(4)))
    here.start_service()
    eventually(lambda: len(states(here)) == 4, "all four are kept")
    decide(here, owner, 1, "DISCARD")
    eventually(lambda: applied(here) == [2], "up to the next poison")
    assert [row[2] for row in states(here)] == ["DISCARDED", "APPLIED", "PARKED", "WAITING"]
    decide(here, owner, 3, "DISCARD")
    eventually(lambda: applied(here) == [2, 4], "the rest")


def test_d14_release_tries_again(here: Node, owner: Owner) -> None:
    """The rule that refused it has been mended meanwhile."""
    from kit.bus import Ledger

    (case,) = cases(owner.node, 1)
    owner.sends(owner.seal(owner.record(case, "poison")), owner.seal(owner.record(case)))
    first = here.start_service()
    eventually(lambda: len(states(here)) == 2, "kept")
    decide(here, owner, 1, "RELEASE")
    eventually(lambda: here.connection.execute("SELECT act FROM bus.parked WHERE sequence = 1").fetchone() == (None,), "tried, refused")
    assert states(here) == [(1, "rule_violated", "PARKED"), (2, "", "WAITING")]
    first.stop()
    mended = Ledger()
    mended.check = lambda arrived: None  # type: ignore[method-assign]
    here.start_service(mended)
    decide(here, owner, 1, "RELEASE")
    eventually(lambda: applied(here) == [1, 2], "applied in sequence")
    assert [row[2] for row in states(here)] == ["RELEASED", "APPLIED"]


def test_d14_parking_is_told_once_a_node_and_record(here: Node, owner: Owner) -> None:
    from kit.bus import Ledger

    (case,) = cases(owner.node, 1)
    owner.sends(owner.seal(owner.record(case, "poison")))
    here.start_service()
    here.start_service(Ledger("other"))
    eventually(lambda: len(states(here)) == 2, "both services park it")
    told = here.connection.execute("SELECT count(*) FROM bus.log WHERE type = 'chuanyu.system.message_parked.v1'").fetchone()
    assert told == (1,)


def test_d13_a_restart_keeps_the_hold(here: Node, owner: Owner) -> None:
    (case,) = cases(owner.node, 1)
    owner.sends(owner.seal(owner.record(case, "poison")))
    first = here.start_service()
    eventually(lambda: len(states(here)) == 1, "parked")
    first.stop()
    here.start_service()
    owner.sends(owner.seal(owner.record(case)))
    eventually(lambda: states(here) == [(1, "rule_violated", "PARKED"), (2, "", "WAITING")], "the next one still waits")
    assert applied(here) == []


def test_d14_a_rebuild_carries_out_what_was_decided(here: Node, owner: Owner) -> None:
    from chuanyu.kernel.store import positions

    (case,) = cases(owner.node, 1)
    owner.sends(owner.seal(owner.record(case, "poison")), owner.seal(owner.record(case)))
    first = here.start_service()
    eventually(lambda: len(states(here)) == 2, "kept")
    decide(here, owner, 1, "DISCARD")
    eventually(lambda: applied(here) == [2], "drained")
    first.stop()
    with here.connection.transaction():
        positions.begin_rebuild(here.connection, "ledger")
        here.connection.execute("TRUNCATE ledger.effect")
    here.start_service()
    eventually(lambda: applied(here) == [2], "drained again without anybody asked")


def test_d16_a_record_under_an_unknown_key_waits_for_the_system_topic(here: Node, there: Node) -> None:
    """A second key: published on the system topic, first used before this node has heard of it."""
    owner = Owner(there)
    fresh = keys.make_key()
    root = there.trust.roots[there.province]
    said = keys.publish(root, fresh, there.province, now=now(), valid_from=now() - 1, valid_until=now() + 10**9, first=True)
    ring = keys.KeyRing(there.trust.fingerprints(), [said])
    owner.signer = Signer(fresh, ring.get(there.province, fresh.key_id))
    (case,) = cases(there, 1)
    here.sealing.stopping.set()
    eventually(lambda: not here.threads[0].thread.is_alive(), "nobody reads keys now")
    here.start_service()
    owner.sends(owner.seal(owner.record(case)))
    source, subject = says.node_source(there.province), f"{there.province}/system/node"
    there.append([draft(said, id=uuid4(), source=source, subject=subject, time=1, recordedtime=1)])
    eventually(lambda: there.relayed() == 2, "the key is on the topic")
    here.sealing.stopping.clear()
    here.start_seals()
    eventually(lambda: applied(here) == [1], "applied once the key is known")
    assert states(here) == []


def test_d16_a_key_that_no_root_vouches_for_is_no_key(here: Node, there: Node) -> None:
    owner = Owner(there)
    fresh, stranger = keys.make_key(), keys.make_key()
    said = keys.publish(stranger, fresh, there.province, now=now(), valid_from=now() - 1, valid_until=now() + 10**9, first=True)
    owner.signer = Signer(fresh, keys.SealKey(there.province, fresh.key_id, 1, fresh.public, 0, 2**60))
    source, subject = says.node_source(there.province), f"{there.province}/system/node"
    there.append([draft(said, id=uuid4(), source=source, subject=subject, time=1, recordedtime=1)])
    (case,) = cases(there, 1)
    owner.sends(owner.seal(owner.record(case)))
    here.start_service()
    eventually(lambda: states(here) == [(1, "seal_invalid", "PARKED")], "parked")
    assert applied(here) == []


def _known_later(owner: Owner, there: Node) -> keys.KeyRing:
    """From here on the owner seals with a key of which nobody else has heard; the ring that knows it."""
    fresh, root = keys.make_key(), there.trust.roots[there.province]
    said = keys.publish(root, fresh, there.province, now=now(), valid_from=now() - 1, valid_until=now() + 10**9, first=True)
    ring = keys.KeyRing(there.trust.fingerprints(), [said])
    owner.signer = Signer(fresh, ring.get(there.province, fresh.key_id))
    there.sealed_later = said  # type: ignore[attr-defined]
    return ring


def _hears_the_key(node: Node, there: Node) -> None:
    node.sealing._ring.learn(there.sealed_later)  # type: ignore[attr-defined]


def test_p2_a_released_record_that_is_sent_again_takes_effect_once(here: Node, owner: Owner, there: Node) -> None:
    """Its seal was bad because the key was not known yet; a person releases it, and the re-send that was asked brings it once more."""
    (case,) = cases(there, 1)
    _known_later(owner, there)
    first = owner.seal(owner.record(case))
    owner.sends(first)
    here.start_service()
    eventually(lambda: states(here) == [(1, "seal_invalid", "PARKED")], "parked")
    _hears_the_key(here, there)
    decide(here, owner, 1, "RELEASE")
    eventually(lambda: applied(here) == [1], "released")
    owner.sends(first, owner.seal(owner.record(case)))
    eventually(lambda: 2 in applied(here), "the next one")
    assert applied(here) == [1, 2]


def test_p2_a_record_beyond_a_gap_that_was_parked_is_released_without_a_second_effect(here: Node, owner: Owner, there: Node) -> None:
    """Beyond a gap and under an unknown key it is kept aside and holds nothing; by the re-send it takes effect in its own slot."""
    (case,) = cases(there, 1)
    _known_later(owner, there)
    lost, kept_aside = owner.seal(owner.record(case)), owner.seal(owner.record(case))
    owner.sends(kept_aside)
    here.start_service()
    eventually(lambda: states(here) == [(2, "seal_invalid", "PARKED")], "parked beyond the gap")
    _hears_the_key(here, there)
    owner.sends(lost, kept_aside)
    eventually(lambda: applied(here) == [1, 2], "sent again")
    decide(here, owner, 2, "RELEASE")
    eventually(lambda: states(here)[0][2] != "PARKED", "carried out")
    owner.sends(owner.seal(owner.record(case)))
    eventually(lambda: 3 in applied(here), "the next one")
    assert applied(here) == [1, 2, 3]


def test_d4_what_was_parked_beyond_a_gap_holds_once_it_is_the_next(here: Node, owner: Owner, there: Node) -> None:
    """The same bytes come again by the re-send and still under no known key: now they pass their slot, also for a later process."""
    (case,) = cases(there, 1)
    first = owner.seal(owner.record(case))
    _known_later(owner, there)
    second = owner.seal(owner.record(case))
    owner.sends(second)
    service = here.start_service()
    eventually(lambda: states(here) == [(2, "seal_invalid", "PARKED")], "parked beyond the gap")
    owner.sends(first, second)
    eventually(lambda: position(here, owner)[0] == 2, "passed")
    service.stop()
    _hears_the_key(here, there)
    here.start_service()
    owner.sends(second)
    eventually(lambda: applied(here) == [1, 2], "the sealed record takes its slot")


def test_d13_a_record_before_a_poison_one_is_applied_whatever_else_the_poll_holds(here: Node, owner: Owner) -> None:
    """One handler's refusal repeats the poll record by record; what stands before a poison record of its case does not wait behind it."""
    one, other = cases(owner.node, 2)
    owner.sends(*(owner.seal(owner.record(*each)) for each in [(one, None), (one, "poison"), (other, "handler"), (one, None)]))
    here.start_service()
    eventually(lambda: len(states(here)) >= 3, "kept")
    assert states(here) == [(2, "rule_violated", "PARKED"), (3, "rule_violated", "PARKED"), (4, "", "WAITING")]
    assert applied(here) == [1]


@pytest.mark.parametrize("leader", ["poison", "handler"])
def test_d13_a_late_record_that_is_poison_holds_its_case(here: Node, owner: Owner, leader: str) -> None:
    """The bad bytes named another case, so nothing held this one until the sealed record came and was poison itself."""
    case, other = cases(owner.node, 2)
    late = owner.seal(owner.record(case, leader))
    bad = replace(late, key=late.key.replace(case.encode(), other.encode()))
    owner.sends(bad)
    here.start_service()
    eventually(lambda: states(here) == [(1, "seal_invalid", "PARKED")], "passed")
    owner.sends(late)
    eventually(lambda: (1, "rule_violated", "PARKED") in states(here), "parked")
    owner.sends(owner.seal(owner.record(case)))
    eventually(lambda: (2, "", "WAITING") in states(here) or applied(here), "the next one is judged")
    assert applied(here) == []
    assert (1, "seal_invalid", "PARKED") not in states(here)


def test_d4_discarding_other_bytes_that_claim_a_passed_slot_leaves_the_slot_open(here: Node, owner: Owner) -> None:
    (case,) = cases(owner.node, 1)
    good = owner.seal(owner.record(case))
    one, two = (replace(good, value=good.value[:-1] + bytes([good.value[-1] ^ bit])) for bit in (1, 2))
    owner.sends(one, two)
    here.start_service()
    eventually(lambda: len(states(here)) == 2, "both are kept")
    (row,) = here.connection.execute("SELECT digest FROM bus.parked WHERE NOT holds").fetchall()
    decided(here, owner.topic, bytes(row[0]), "DISCARD")
    eventually(lambda: here.connection.execute("SELECT act_by FROM bus.parked WHERE act = 'DISCARD'").fetchall(), "decided")
    here.connection.execute("SELECT pg_sleep(1.2)")
    owner.sends(good)
    eventually(lambda: applied(here) == [1], "the sealed record takes its slot")


@pytest.mark.parametrize("length", [5_000, 300_000])
def test_d13_a_key_of_any_size_is_parked(here: Node, owner: Owner, length: int) -> None:
    """Neither an index nor the notice of parking sets a limit to what can be kept aside."""
    (case,) = cases(owner.node, 1)
    good = owner.seal(owner.record(case))
    noise = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(length // 32))
    owner.sends(replace(good, key=noise), good)
    running = here.start_service()
    eventually(lambda: running.ended() or applied(here) == [1], "the sealed record takes its slot")
    assert running.ended() is None


def test_d13_bad_bytes_that_come_twice_in_one_poll_are_kept_once(here: Node, owner: Owner) -> None:
    (case,) = cases(owner.node, 1)
    good = owner.seal(owner.record(case))
    bad = replace(good, value=good.value[:-1] + bytes([good.value[-1] ^ 1]))
    owner.sends(bad, bad, good)
    running = here.start_service()
    eventually(lambda: running.ended() or applied(here) == [1], "the sealed record takes its slot")
    assert running.ended() is None and states(here) == [(1, "seal_invalid", "REPLACED")]


def test_d13_a_header_name_that_is_no_utf8_stops_nobody(here: Node, owner: Owner) -> None:
    """The driver cannot read it: the record is parked as one without a seal."""
    (case,) = cases(owner.node, 1)
    good = owner.seal(owner.record(case))
    put_header(here.kafka["bootstrap.servers"], owner.topic, b"ce_\xff")
    owner.sends(good)
    running = here.start_service()
    eventually(lambda: running.ended() or applied(here) == [1], "the next record is applied")
    assert running.ended() is None
    assert states(here) == [(0, "seal_invalid", "PARKED")]


def position(node: Node, owner: Owner) -> tuple[int, int]:
    row = node.connection.execute("SELECT sequence, next_offset FROM bus.position WHERE topic = %s AND partition = 0", [owner.topic])
    return row.fetchone() or (0, 0)
