"""S3: whatever is changed, moved or re-used, and whoever's key is not in force: the seal says no, before anything is decoded."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.kernel import keys as keys_module
from chuanyu.kernel.envelope import Head, Record, base64url, finish, from_base64url, write_head
from chuanyu.kernel.faults import KeyUnknown, Poison, SealInvalid, SealKeyUnfit
from chuanyu.kernel.keys import ED25519, KeyRing, PrivateKey, SealKey, Suite, fingerprint, make_key, publish, revoke
from chuanyu.kernel.seal import SealChecker, Signer, read_seal, record_digest, seal_batch
from kit import probe

NOW = 1_790_000_000_000
DAY = 86_400_000
ROOT, KEY = make_key(), make_key()
ROOTS = {"sichuan": fingerprint(ROOT.public)}
OTHER = Suite(2, lambda content: hashlib.sha3_256(content).digest(), ED25519.verify)


def ring(*more: object, root: PrivateKey = ROOT, key: PrivateKey = KEY) -> KeyRing:
    first = publish(root, key, "sichuan", now=NOW - DAY, valid_from=NOW - DAY, valid_until=NOW + DAY, first=True)
    return KeyRing({"sichuan": fingerprint(root.public)}, [first, *more])  # type: ignore[list-item]


def record(number: int = 1, value: bytes = b"\0\0\0\0\1body", key: bytes = b"sichuan/spotcheck/XBJ1") -> Record:
    head = Head(
        id=UUID(int=number),
        source="/sichuan/chengdu-amr",
        type=probe.NEW.type,
        subject=key.decode(),
        time=NOW,
        dataschema=probe.NEW.dataschema,
        recordedtime=NOW,
        sequence=number,
        logicaltime=NOW + number,
        dataclassification="L3",
    )
    return Record("sichuan.spotcheck", key, write_head(head), value)


def sealed(count: int = 1, *, at: int = NOW, keys: KeyRing | None = None, key: PrivateKey = KEY) -> list[Record]:
    records = [record(number) for number in range(1, count + 1)]
    signer = Signer(key, (keys or ring()).get("sichuan", key.key_id))
    return [finish(r, seal=s) for r, s in zip(records, seal_batch(signer, records, at), strict=True)]


def why(checked: Record, keys: KeyRing | None = None, province: str = "sichuan", partition: int | None = 3) -> str | None:
    """The reason of the refusal, None when the seal holds."""
    try:
        SealChecker(keys or ring()).check(checked, province, partition)
    except SealInvalid as fault:
        return str(fault.facts["why"])
    return None


@pytest.mark.parametrize("count", [1, 2, 3, 7, 16, 100])
def test_d16_every_record_of_a_batch_stands_alone(count: int) -> None:
    for one in sealed(count):
        assert why(one) is None


def test_the_digest_is_the_one_that_is_written_down() -> None:
    """D16 spelt out by hand, header by header."""
    one = record()
    parts = [b"chuanyu-record-1", b"sichuan.spotcheck", one.key, len(one.headers).to_bytes(4, "big")]
    for name, value in sorted(one.headers):
        parts += [name.encode(), value]
    parts.append(one.value)
    spelt = b"\0" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    assert record_digest(1, one) == hashlib.sha256(spelt).digest()
    assert SealChecker(ring()).check(sealed()[0], "sichuan") == record_digest(1, one)


def test_the_order_of_headers_is_not_covered() -> None:
    one = sealed(3)[1]
    assert why(replace(one, headers=one.headers[::-1])) is None


def test_a_batch_costs_one_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    counted = replace(ED25519, verify=lambda *args: verified.append(args) or ED25519.verify(*args))
    monkeypatch.setitem(keys_module.SUITES, 1, counted)
    checker = SealChecker(ring())
    verified.clear()
    for one in sealed(50):
        checker.check(one, "sichuan")
    assert len(verified) == 2  # the ring that `sealed` makes learns a key: that is the other one


# --- S3: changes ---


@given(st.integers(0, 6), st.data())
def test_s3_any_changed_bit_is_refused(index: int, data: st.DataObject) -> None:
    one = BATCH[index]
    places = [(name, len(value)) for name, value in one.headers] + [("key", len(one.key)), ("value", len(one.value))]
    place, size = data.draw(st.sampled_from(places))
    at, bit = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, 7))
    with pytest.raises(SealInvalid):
        CHECKER.check(flipped(one, place, at, bit), "sichuan")


def test_s3_every_single_bit_of_a_record_counts() -> None:
    one = BATCH[4]
    places = [*((name, len(value)) for name, value in one.headers), ("key", len(one.key)), ("value", len(one.value))]
    every = [(place, at, bit) for place, size in places for at in range(size) for bit in range(8)]
    assert len(every) == 8 * sum(size for _, size in places)
    assert [flip for flip in every if why(flipped(one, *flip)) is None] == []


def flipped(one: Record, place: str, at: int, bit: int) -> Record:
    def flip(content: bytes) -> bytes:
        return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]

    if place in ("key", "value"):
        return replace(one, **{place: flip(getattr(one, place))})
    return replace(one, headers=tuple((name, flip(value) if name == place else value) for name, value in one.headers))


BATCH = sealed(7)
CHECKER = SealChecker(ring())


def edited(one: Record, name: str, value: bytes | None) -> Record:
    return replace(one, headers=tuple((n, value if n == name else v) for n, v in one.headers if n != name or value is not None))


def with_seal(one: Record, seal: str) -> Record:
    return edited(one, "ce_chuanyuseal", seal.encode())


def seal_of(one: Record) -> str:
    return dict(one.headers)["ce_chuanyuseal"].decode()


FORGERIES = {
    "another topic": (lambda a, b: replace(a, topic="sichuan.recall"), "signature_wrong"),
    "another key": (lambda a, b: replace(a, key=b"sichuan/spotcheck/XBJ2"), "signature_wrong"),
    "another's value": (lambda a, b: replace(a, value=a.value + b"x"), "signature_wrong"),
    "topic and key run together": (lambda a, b: replace(a, topic=a.topic + "s", key=a.key[1:]), "signature_wrong"),
    "another sequence": (lambda a, b: edited(a, "ce_sequence", b"2"), "signature_wrong"),
    "another source": (lambda a, b: edited(a, "ce_source", b"/sichuan/yibin-amr"), "signature_wrong"),
    "a header less": (lambda a, b: edited(a, "ce_logicaltime", None), "signature_wrong"),
    "a header more": (lambda a, b: replace(a, headers=(*a.headers, ("ce_x", b""))), "signature_wrong"),
    "a header renamed": (lambda a, b: replace(a, headers=(("ce_SPECVERSION", b"1.0"), *a.headers[1:])), "signature_wrong"),
    "two values swapped": (
        lambda a, b: edited(edited(a, "ce_time", b"2"), "ce_recordedtime", dict(a.headers)["ce_time"]),
        "signature_wrong",
    ),
    "a header twice": (lambda a, b: replace(a, headers=(*a.headers, a.headers[0])), "header_repeated"),
    "a seal twice": (lambda a, b: replace(a, headers=(*a.headers, a.headers[-1])), "header_repeated"),
    "no seal": (lambda a, b: edited(a, "ce_chuanyuseal", None), "seal_missing"),
    "the neighbour's seal": (lambda a, b: with_seal(a, seal_of(b)), "signature_wrong"),
    "the neighbour's path": (lambda a, b: with_seal(a, read_seal(a)._replace(path=read_seal(b).path).text()), "signature_wrong"),
    "the neighbour's place": (lambda a, b: with_seal(a, read_seal(a)._replace(leaf=read_seal(b).leaf).text()), "signature_wrong"),
    "another count": (lambda a, b: with_seal(a, read_seal(a)._replace(leaves=6).text()), "signature_wrong"),
    "another instant": (lambda a, b: with_seal(a, read_seal(a)._replace(sealed_at=NOW + 1).text()), "signature_wrong"),
    "a place outside": (lambda a, b: with_seal(a, read_seal(a)._replace(leaf=7).text()), "seal_malformed"),
    "a batch of 2^32": (lambda a, b: with_seal(a, read_seal(a)._replace(leaves=2**32 - 1).text()), "seal_malformed"),
    "a longer path": (lambda a, b: with_seal(a, read_seal(a)._replace(path=(*read_seal(a).path, bytes(32))).text()), "seal_malformed"),
    "a shorter path": (lambda a, b: with_seal(a, read_seal(a)._replace(path=read_seal(a).path[1:]).text()), "seal_malformed"),
    "a cut seal": (lambda a, b: with_seal(a, seal_of(a)[:-3]), "seal_malformed"),
    "a padded seal": (lambda a, b: with_seal(a, seal_of(a) + "="), "seal_malformed"),
    "a seal with a blank": (lambda a, b: with_seal(a, seal_of(a)[:9] + " " + seal_of(a)[9:]), "seal_malformed"),
    "an empty seal": (lambda a, b: with_seal(a, ""), "seal_malformed"),
    "another algorithm": (lambda a, b: with_seal(a, read_seal(a)._replace(algorithm=2).text()), "algorithm_unknown"),
    "another key id": (lambda a, b: with_seal(a, read_seal(a)._replace(key_id="0" * 16).text()), "key_unknown"),
    "no signature": (lambda a, b: with_seal(a, read_seal(a)._replace(signature=bytes(64)).text()), "signature_wrong"),
}


@pytest.mark.parametrize(("forge", "reason"), FORGERIES.values(), ids=FORGERIES.keys())
def test_s3_a_forgery_is_refused_for_its_reason(forge: object, reason: str) -> None:
    a, b, *_ = BATCH
    assert why(a) is None
    assert why(forge(a, b)) == reason  # type: ignore[operator]


def test_s3_a_seal_of_another_batch_is_refused() -> None:
    older = sealed(7, at=NOW - 1)
    assert why(with_seal(BATCH[0], read_seal(BATCH[0])._replace(signature=read_seal(older[0]).signature).text())) == "signature_wrong"


@given(st.binary(max_size=300))
def test_s5_any_seal_is_refused_within_the_tree(content: bytes) -> None:
    with pytest.raises(Poison):
        CHECKER.check(with_seal(BATCH[0], base64url(content)), "sichuan")


def test_a_seal_has_one_spelling() -> None:
    text = seal_of(BATCH[2])
    assert read_seal(BATCH[2]).text() == text
    spare = 5 - len(from_base64url(text)) * 8 % 6
    if spare != 5:  # spare bits of the last character: set, they would say the same to a lenient reader
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        assert why(with_seal(BATCH[2], text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1])) == "seal_malformed"


# --- S3: keys ---


def test_s3_a_key_is_good_from_its_first_instant_to_its_last() -> None:
    assert why(sealed(at=NOW - DAY)[0]) is None
    assert why(sealed(at=NOW + DAY - 1)[0]) is None


@pytest.mark.parametrize(("at", "reason"), [(NOW - DAY - 1, "key_not_yet_valid"), (NOW + DAY, "key_expired")])
def test_s3_a_key_not_in_force_is_refused(at: int, reason: str) -> None:
    """Sealed by someone who does not care what the key's publication says."""
    careless = SealKey("sichuan", KEY.key_id, 1, KEY.public, 0, 2**62)
    (seal,) = seal_batch(Signer(KEY, careless), [record()], at)
    assert why(finish(record(), seal=seal)) == reason


def test_s3_a_revoked_key_is_good_up_to_the_named_sequence() -> None:
    keys = ring(revoke(ROOT, "sichuan", KEY.key_id, {("sichuan.spotcheck", 3): 2}))
    first, second, third = sealed(3)
    assert [why(one, keys) for one in (first, second, third)] == [None, None, "key_revoked"]
    assert why(first, keys, partition=4) == "key_revoked"
    assert why(first, keys, partition=None) == "key_revoked"


def test_s3_a_revoked_key_seals_nothing_without_a_sequence() -> None:
    keys = ring(revoke(ROOT, "sichuan", KEY.key_id, {("sichuan.spotcheck", 3): 2}))
    beat = replace(record(), headers=tuple(h for h in record().headers if h[0] != "ce_sequence"))
    (seal,) = seal_batch(Signer(KEY, ring().get("sichuan", KEY.key_id)), [beat], NOW)
    assert why(finish(beat, seal=seal)) is None
    assert why(finish(beat, seal=seal), keys) == "key_revoked"


def test_s3_a_revocation_reaches_a_checker_that_knows_the_batch() -> None:
    keys = ring()
    checker, one = SealChecker(keys), sealed()[0]
    checker.check(one, "sichuan", 3)
    keys.learn(revoke(ROOT, "sichuan", KEY.key_id, {}))
    with pytest.raises(SealInvalid, match="revoked"):
        checker.check(one, "sichuan", 3)


def test_s3_an_unknown_key_names_itself() -> None:
    with pytest.raises(KeyUnknown) as unknown:
        SealChecker(KeyRing(ROOTS)).check(BATCH[0], "sichuan")
    assert (unknown.value.province, unknown.value.key_id) == ("sichuan", KEY.key_id)


def test_s3_a_key_of_one_province_seals_nothing_of_another() -> None:
    assert why(BATCH[0], province="chongqing") == "key_unknown"
    both = KeyRing(
        {"sichuan": fingerprint(ROOT.public), "chongqing": fingerprint(ROOT.public)},
        [publish(ROOT, KEY, p, now=0, valid_from=NOW - DAY, valid_until=NOW + DAY, first=True) for p in ("sichuan", "chongqing")],
    )
    assert why(BATCH[0], both) is None
    assert why(BATCH[0], both, province="chongqing") == "signature_wrong"


@pytest.fixture
def second_suite(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateKey]:
    monkeypatch.setitem(keys_module.SUITES, 2, OTHER)
    yield replace(make_key(), algorithm=2)


def test_s3_a_second_algorithm_seals_alike(second_suite: PrivateKey) -> None:
    keys = ring(root=replace(ROOT, algorithm=2), key=second_suite)
    records = sealed(9, keys=keys, key=second_suite)
    assert [why(one, keys) for one in records] == [None] * 9
    assert SealChecker(keys).check(records[0], "sichuan") == record_digest(2, record(1)) != record_digest(1, record(1))
    chance = random.Random(1)
    for _ in range(2_000):
        one = chance.choice(records)
        place, value = chance.choice([*one.headers, ("value", one.value)])
        assert why(flipped(one, place, chance.randrange(len(value)), chance.randrange(8)), keys)


def test_s3_a_seal_of_another_algorithm_than_its_key_is_refused(second_suite: PrivateKey) -> None:
    assert why(with_seal(BATCH[0], read_seal(BATCH[0])._replace(algorithm=2).text())) == "algorithm_differs"


# --- the signer ---


def test_an_unfit_key_seals_nothing() -> None:
    published = ring().get("sichuan", KEY.key_id)
    with pytest.raises(SealKeyUnfit, match="not valid now"):
        seal_batch(Signer(KEY, published), [record()], NOW + DAY)
    with pytest.raises(SealKeyUnfit, match="not valid now"):
        seal_batch(Signer(KEY, published), [record()], NOW - DAY - 1)
    with pytest.raises(SealKeyUnfit, match="revoked"):
        seal_batch(Signer(KEY, replace(published, last_valid={})), [record()], NOW)
    with pytest.raises(SealKeyUnfit, match="not that of"):
        Signer(make_key(), published)


def test_an_empty_batch_has_no_seals() -> None:
    assert seal_batch(Signer(KEY, ring().get("sichuan", KEY.key_id)), [], NOW) == []
