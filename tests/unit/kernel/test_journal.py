"""S6, P5: edit, delete, insert, swap, cut: the first bad sequence is named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.kernel import journal
from chuanyu.kernel.faults import KeyUnknown, SealInvalid, SealKeyUnfit
from chuanyu.kernel.journal import Entry, Flaw, Head, Verdict
from chuanyu.kernel.keys import KeyRing, fingerprint, make_key, publish, revoke
from chuanyu.kernel.seal import Signer

Archive = list[Entry]
LENGTH = 60


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


BEGIN = journal.start("sichuan.recall", 3, sha256)


def archived(contents: list[bytes], begin: Head = BEGIN) -> Archive:
    """The honest archive of these record bytes."""
    entries, chain = [], begin.chain
    for sequence, content in enumerate(contents, begin.sequence + 1):
        digest = sha256(content)
        chain = journal.link(chain, digest, sha256)
        entries.append(Entry(sequence, digest, chain, digest))
    return entries


CONTENTS = [f"record {n}".encode() for n in range(1, LENGTH + 1)]
HONEST = archived(CONTENTS)


def heads(every: int = 20) -> list[Head]:
    return [Head("sichuan.recall", 3, e.sequence, e.chain) for e in HONEST if e.sequence % every == 0]


def flaw(entries: Archive, known: list[Head] | None = None) -> Flaw | None:
    return journal.verify(BEGIN, entries, heads() if known is None else known, sha256).flaw


def test_d17_the_chain_is_the_one_that_is_written_down() -> None:
    h0 = sha256((14).to_bytes(4, "big") + b"sichuan.recall" + (8).to_bytes(4, "big") + (3).to_bytes(8, "big"))
    assert BEGIN.chain == h0
    h1 = sha256(h0 + sha256(b"record 1"))
    h2 = sha256(h1 + sha256(b"record 2"))
    assert journal.extended(BEGIN, [sha256(b"record 1"), sha256(b"record 2")], sha256) == Head("sichuan.recall", 3, 2, h2)


def test_an_honest_archive_holds() -> None:
    assert journal.verify(BEGIN, HONEST, heads(), sha256) == Verdict(LENGTH, LENGTH, None)
    assert journal.verify(BEGIN, HONEST[:45], heads()[:2], sha256) == Verdict(45, 40, None)
    assert journal.verify(heads()[0], HONEST[20:], heads(), sha256) == Verdict(40, LENGTH, None)
    assert journal.verify(BEGIN, [], [], sha256) == Verdict(0, 0, None)


def edit(at: int) -> Archive:
    """The bytes of a record are changed, the row's digest is not."""
    return [e._replace(found=sha256(b"forged")) if e.sequence == at else e for e in HONEST]


def edit_with_digest(at: int) -> Archive:
    return [e._replace(found=sha256(b"forged"), digest=sha256(b"forged")) if e.sequence == at else e for e in HONEST]


def edit_with_chain(at: int) -> Archive:
    """The row is consistent in itself; the next one betrays it, unless it is the last: then the head does."""
    forged = archived([b"forged"], Head("", 0, at - 1, HONEST[at - 2].chain if at > 1 else BEGIN.chain))
    return [*HONEST[: at - 1], *forged, *HONEST[at:]]


def drop(at: int) -> Archive:
    return [e for e in HONEST if e.sequence != at]


def insert(at: int) -> Archive:
    forged = Entry(at, sha256(b"forged"), sha256(b"chain"), sha256(b"forged"))
    return [*HONEST[: at - 1], forged, *HONEST[at - 1 :]]


def repeat(at: int) -> Archive:
    return [*HONEST[:at], *HONEST[at - 1 :]]


def swap_contents(at: int) -> Archive:
    """Two neighbours change places, each keeping the sequence of its place."""
    one, other = HONEST[at - 1], HONEST[at]
    return [*HONEST[: at - 1], other._replace(sequence=at), one._replace(sequence=at + 1), *HONEST[at + 1 :]]


def swap_rows(at: int) -> Archive:
    return [*HONEST[: at - 1], HONEST[at], HONEST[at - 1], *HONEST[at + 1 :]]


def cut(at: int) -> Archive:
    return HONEST[: at - 1]


def rewrite(at: int) -> Archive:
    """One record replaced, and every chain value after it computed anew."""
    return archived([*CONTENTS[: at - 1], b"forged", *CONTENTS[at:]])


def slip_in(at: int) -> Archive:
    """One record more, everything after it moved on and chained anew."""
    return archived([*CONTENTS[: at - 1], b"forged", *CONTENTS[at - 1 :]])


DAMAGES: dict[Callable[[int], Archive], tuple[str, Callable[[int], int]]] = {
    edit: ("digest_mismatch", lambda at: at),
    edit_with_digest: ("chain_broken", lambda at: at),
    edit_with_chain: ("chain_broken", lambda at: at + 1),
    drop: ("sequence_gap", lambda at: at),
    insert: ("chain_broken", lambda at: at),
    repeat: ("sequence_repeated", lambda at: at),
    swap_contents: ("chain_broken", lambda at: at),
    swap_rows: ("sequence_gap", lambda at: at),
    cut: ("head_missing", lambda at: at),
    rewrite: ("head_mismatch", lambda at: (at - 1) // 20 * 20 + 1),
    slip_in: ("head_mismatch", lambda at: (at - 1) // 20 * 20 + 1),
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@given(at=st.integers(1, LENGTH - 1))
def test_p5_the_first_bad_record_is_named(damage: Callable[[int], Archive], at: int) -> None:
    code, first = DAMAGES[damage]
    expected = Flaw(code, first(at))
    if damage is edit_with_chain and at % 20 == 0:  # a head stands right behind it
        expected = Flaw("head_mismatch", at - 19)
    assert flaw(damage(at)) == expected


@pytest.mark.parametrize("damage", [edit, edit_with_digest, edit_with_chain, drop, insert, repeat, cut, rewrite, slip_in])
def test_p5_the_last_record_is_guarded_too(damage: Callable[[int], Archive]) -> None:
    assert flaw(damage(LENGTH)) is not None


def test_without_a_head_a_cut_or_rewritten_archive_cannot_be_told() -> None:
    """Why heads are signed and exchanged: the chain alone does not say where it must end."""
    assert flaw(cut(30), []) is None
    assert flaw(rewrite(30), []) is None


def test_a_chain_belongs_to_its_partition() -> None:
    for other in (journal.start("sichuan.recall", 4, sha256), journal.start("sichuan.credit", 3, sha256)):
        assert journal.verify(other, HONEST, [], sha256).flaw == Flaw("chain_broken", 1)


@given(st.lists(st.binary(max_size=4), max_size=8), st.lists(st.binary(max_size=4), max_size=8))
def test_p5_two_histories_never_share_a_head(one: list[bytes], other: list[bytes]) -> None:
    first, second = (journal.extended(BEGIN, map(sha256, contents), sha256) for contents in (one, other))
    assert (first == second) == (one == other)


def test_p5_the_first_differing_head_is_named() -> None:
    ours = {e.sequence: e.chain for e in HONEST}
    forged = rewrite(41)
    theirs = [Head("sichuan.recall", 3, e.sequence, e.chain) for e in reversed(forged) if e.sequence % 10 == 0]
    found = journal.differing(ours, theirs)
    assert found is not None
    assert found.sequence == 50
    assert journal.differing(ours, heads()) is None
    assert journal.differing({}, theirs) is None


NOW = 1_790_000_000_000
ROOT, KEY = make_key(), make_key()
PUBLISHED = publish(ROOT, KEY, "sichuan", now=NOW, valid_from=NOW, valid_until=NOW + 1000, first=True)


def ring(*more: object) -> KeyRing:
    return KeyRing({"sichuan": fingerprint(ROOT.public)}, [PUBLISHED, *more])  # type: ignore[list-item]


SIGNED = journal.sign(Signer(KEY, ring().get("sichuan", KEY.key_id)), heads()[0], NOW)


def test_a_signed_head_is_believed() -> None:
    assert journal.check(SIGNED, ring()) == heads()[0]


@pytest.mark.parametrize(
    "changed",
    [
        replace(SIGNED, head=replace(SIGNED.head, sequence=21)),
        replace(SIGNED, head=replace(SIGNED.head, partition=4)),
        replace(SIGNED, head=replace(SIGNED.head, topic="sichuan.credit")),
        replace(SIGNED, head=replace(SIGNED.head, chain=bytes(32))),
        replace(SIGNED, signed_at=NOW + 1),
        replace(SIGNED, algorithm=2),
        replace(SIGNED, signature=bytes(64)),
    ],
    ids=["sequence", "partition", "topic", "chain", "instant", "algorithm", "signature"],
)
def test_a_changed_head_is_not(changed: journal.SignedHead) -> None:
    with pytest.raises(SealInvalid) as refused:
        journal.check(changed, ring())
    assert refused.value.facts["why"] == "signature_wrong"


def test_a_head_under_a_key_not_in_force_is_refused() -> None:
    for at, reason in ((NOW - 1, "key_not_yet_valid"), (NOW + 1000, "key_expired")):
        with pytest.raises(SealInvalid) as refused:
            journal.check(replace(SIGNED, signed_at=at), ring())
        assert refused.value.facts["why"] == reason
    with pytest.raises(SealInvalid, match="revoked"):
        journal.check(SIGNED, ring(revoke(ROOT, "sichuan", KEY.key_id, {})))
    with pytest.raises(KeyUnknown):
        journal.check(replace(SIGNED, province="chongqing"), ring())
    with pytest.raises(SealKeyUnfit):
        journal.sign(Signer(KEY, ring().get("sichuan", KEY.key_id)), heads()[0], NOW + 1000)
