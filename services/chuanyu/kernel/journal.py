"""
The archive's chain (D17), as pure functions: h(0) = H(topic, partition), h(i) = H(h(i−1) ‖ digest of record i), H the owner's.

Both nodes chain the same partitions in the same order, so their heads must agree at every sequence; each signs its heads, each compares.
Whoever edits, drops, inserts, swaps or cuts is named by the first sequence that does not hold; whoever recomputes the whole chain as well
is betrayed by the first signed head.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chuanyu.kernel.faults import SealInvalid
from chuanyu.kernel.keys import SUITES, KeyRing
from chuanyu.kernel.proof import Hash, joined, number
from chuanyu.kernel.seal import Signer


@dataclass(frozen=True, slots=True)
class Head:
    """How a partition's chain stands after a sequence."""

    topic: str
    partition: int
    sequence: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head as a node vouches for it. signed_at: ms."""

    head: Head
    province: str
    algorithm: int
    key_id: str
    signed_at: int
    signature: bytes


class Entry(NamedTuple):
    """One archived record. digest, chain: as they were archived · found: the digest of the archived bytes, computed anew."""

    sequence: int
    digest: bytes
    chain: bytes
    found: bytes


@dataclass(frozen=True, slots=True)
class Flaw:
    """What does not hold, and the first sequence at which.

    sequence_gap, sequence_repeated, digest_mismatch, chain_broken: this record · head_missing: the archive ends before it
    head_mismatch: the records from here to the next signed head were rewritten together
    """

    code: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification came to. confirmed: the last sequence that a signed head vouches for · flaw: the first, None when all holds."""

    records: int
    confirmed: int
    flaw: Flaw | None


def start(topic: str, partition: int, hash_: Hash) -> Head:
    """The head of a partition without records."""
    return Head(topic, partition, 0, hash_(joined([topic.encode(), number(partition)])))


def link(chain: bytes, digest: bytes, hash_: Hash) -> bytes:
    """The chain after one more record."""
    return hash_(chain + digest)


def extended(head: Head, digests: Iterable[bytes], hash_: Hash) -> Head:
    """The head after these records, which follow it without a gap."""
    chain, sequence = head.chain, head.sequence
    for digest in digests:
        chain, sequence = link(chain, digest, hash_), sequence + 1
    return Head(head.topic, head.partition, sequence, chain)


def verify(begin: Head, entries: Iterable[Entry], heads: Sequence[Head], hash_: Hash) -> Verdict:
    """Whether an archive of one partition holds from a head on.

    entries: in the order in which they are archived · heads: of the same partition, their signatures checked before; at least the last
    one that the node published, else a cut end stays unseen.
    """
    known = {head.sequence: head.chain for head in heads if head.sequence > begin.sequence}
    chain, confirmed, last = begin.chain, begin.sequence, begin.sequence
    for entry in entries:
        chain = link(chain, entry.digest, hash_)
        if flaw := _flaw(entry, last + 1, chain):
            return Verdict(last - begin.sequence, confirmed, flaw)
        last += 1
        if last in known:
            if known[last] != chain:
                return Verdict(last - begin.sequence, confirmed, Flaw("head_mismatch", confirmed + 1))
            confirmed = last
    missing = any(sequence > last for sequence in known)
    return Verdict(last - begin.sequence, confirmed, Flaw("head_missing", last + 1) if missing else None)


def _flaw(entry: Entry, expected: int, chain: bytes) -> Flaw | None:
    if entry.sequence > expected:
        return Flaw("sequence_gap", expected)
    if entry.sequence < expected:
        return Flaw("sequence_repeated", entry.sequence)
    if entry.found != entry.digest:
        return Flaw("digest_mismatch", expected)
    return Flaw("chain_broken", expected) if entry.chain != chain else None


def differing(ours: Mapping[int, bytes], theirs: Iterable[Head]) -> Head | None:
    """The first head of the other node that is not ours at the same sequence. ours: sequence → chain, of the same partition."""
    differ = (head for head in theirs if ours.get(head.sequence, head.chain) != head.chain)
    return min(differ, key=lambda head: head.sequence, default=None)


def sign(signer: Signer, head: Head, now: int) -> SignedHead:
    """A node's word for a head, of either province's partitions. now: ms. Raises SealKeyUnfit."""
    signer.fit(now)
    statement = _statement(head, signer.province, signer.algorithm, signer.key_id, now)
    return SignedHead(head, signer.province, signer.algorithm, signer.key_id, now, signer.sign(statement))


def check(signed: SignedHead, keys: KeyRing) -> Head:
    """The head that a node vouches for; a revoked key vouches for none.

    Raises KeyUnknown, or SealInvalid: key_revoked, key_not_yet_valid, key_expired, signature_wrong.
    """
    key = keys.get(signed.province, signed.key_id)
    if key.last_valid is not None:
        raise SealInvalid(f"key {key.key_id} is revoked", why="key_revoked", key_id=key.key_id)
    key.in_force(signed.signed_at)
    statement = _statement(signed.head, signed.province, signed.algorithm, signed.key_id, signed.signed_at)
    if signed.algorithm != key.algorithm or not SUITES[key.algorithm].verify(key.public, signed.signature, statement):
        raise SealInvalid("the key did not sign this head", why="signature_wrong")
    return signed.head


def _statement(head: Head, province: str, algorithm: int, key_id: str, signed_at: int) -> bytes:
    signer = [number(algorithm), key_id.encode("ascii"), province.encode(), number(signed_at)]
    return joined([b"chuanyu-head-1", *signer, head.topic.encode(), number(head.partition), number(head.sequence), head.chain])
