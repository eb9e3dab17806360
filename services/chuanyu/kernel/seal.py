"""
The seal (D16): one signature over the root of a batch, and in each record the path that leads from it to that root.

Digest of a record: H(0x00 ‖ parts), the parts being "chuanyu-record-1", topic, key, the number of headers that follow (4 bytes), name and
value of each header except the seal, sorted by name, and the value; each part behind its length in 4 bytes, all numbers big-endian.
The signature covers the parts "chuanyu-seal-1", algorithm (1 byte), key id, province, sealed-at (8 bytes, ms), leaf count (4 bytes), root.
`ce_chuanyuseal` is base64url of algorithm (1), length of key id (1), key id, sealed-at (8), leaf count (4), index (4), path (32 each),
signature.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from chuanyu.kernel.envelope import Record, base64url, from_base64url
from chuanyu.kernel.faults import SealInvalid, SealKeyUnfit
from chuanyu.kernel.keys import SUITES, KeyRing, PrivateKey, SealKey, Suite
from chuanyu.kernel.proof import joined, path_length, root_of, tree

HEADER = "ce_chuanyuseal"
LARGEST_BATCH = 1 << 20  # leaves under one signature

_NODE = 32
_ROOTS = 4096  # how many batches a checker remembers as verified
_NUMBERS = struct.Struct(">QII")  # sealed-at, leaf count, index


class Seal(NamedTuple):
    """What `ce_chuanyuseal` says. sealed_at: ms · leaves: how many the batch has · leaf: this record's place among them, from 0."""

    algorithm: int
    key_id: str
    sealed_at: int
    leaves: int
    leaf: int
    path: tuple[bytes, ...]
    signature: bytes

    def text(self) -> str:
        """The header's value."""
        key_id = self.key_id.encode("ascii")
        numbers = _NUMBERS.pack(self.sealed_at, self.leaves, self.leaf)
        return base64url(b"".join([bytes((self.algorithm, len(key_id))), key_id, numbers, *self.path, self.signature]))


def record_digest(algorithm: int, record: Record) -> bytes:
    """The leaf of a record: what a seal, the archive and any proof speak of. The record's own seal is not covered."""
    return _digest(SUITES[algorithm], record)


def _digest(suite: Suite, record: Record) -> bytes:
    covered = sorted([(_written(name), value) for name, value in record.headers if name != HEADER])
    parts = [b"chuanyu-record-1", record.topic.encode(), record.key, len(covered).to_bytes(4, "big")]
    for header in covered:
        parts += header
    parts.append(record.value)
    return suite.hash(b"\0" + joined(parts))


@lru_cache(256)
def _written(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _statement(algorithm: int, key_id: str, province: str, sealed_at: int, count: int, root: bytes) -> bytes:
    return joined(
        [
            b"chuanyu-seal-1",
            bytes((algorithm,)),
            key_id.encode("ascii"),
            province.encode(),
            sealed_at.to_bytes(8, "big"),
            count.to_bytes(4, "big"),
            root,
        ]
    )


class Signer:
    """Seals for one province with one published key. Raises SealKeyUnfit when the private key is not that key's."""

    def __init__(self, private: PrivateKey, key: SealKey) -> None:
        if private.public != key.public:
            raise SealKeyUnfit(f"the private key is not that of {key.key_id}", key_id=key.key_id)
        self.algorithm = key.algorithm
        self.key_id = key.key_id
        self.province = key.province
        self.sign = private.sign
        self._key = key

    def fit(self, now: int) -> None:
        """Raises SealKeyUnfit unless the key may seal at this instant (ms)."""
        if self._key.last_valid is not None:
            raise SealKeyUnfit(f"seal key {self.key_id} is revoked", key_id=self.key_id)
        if not self._key.valid_from <= now < self._key.valid_until:
            raise SealKeyUnfit(f"seal key {self.key_id} is not valid now", key_id=self.key_id)


def seal_batch(signer: Signer, records: Sequence[Record], sealed_at: int) -> list[str]:
    """The seals of finished records, in their order, for one signature. sealed_at: ms. Raises SealKeyUnfit."""
    signer.fit(sealed_at)
    if not records:
        return []
    suite = SUITES[signer.algorithm]
    root, paths = tree([_digest(suite, record) for record in records], suite.hash)
    signature = signer.sign(_statement(signer.algorithm, signer.key_id, signer.province, sealed_at, len(records), root))
    return [
        Seal(signer.algorithm, signer.key_id, sealed_at, len(records), index, tuple(path), signature).text()
        for index, path in enumerate(paths)
    ]


def read_seal(record: Record) -> Seal:
    """The seal that a record carries, unchecked. Raises SealInvalid: seal_missing, seal_malformed, header_repeated, algorithm_unknown."""
    headers = dict(record.headers)
    if len(headers) != len(record.headers):
        raise SealInvalid("a header is repeated", why="header_repeated")
    if (text := headers.get(HEADER)) is None:
        raise SealInvalid("the record has no seal", why="seal_missing")
    try:
        return _parse(from_base64url(text.decode("ascii")))
    except (ValueError, IndexError, struct.error):
        raise SealInvalid("the seal is ill-formed", why="seal_malformed") from None


def _parse(content: bytes) -> Seal:
    algorithm, at = content[0], 2 + content[1]
    if (suite := SUITES.get(algorithm)) is None:
        raise SealInvalid(f"no algorithm {algorithm}", why="algorithm_unknown")
    sealed_at, count, index = _NUMBERS.unpack_from(content, at)
    start = at + _NUMBERS.size
    if not index < count <= LARGEST_BATCH:
        raise ValueError("no such leaf")
    end = start + _NODE * path_length(index, count)
    if len(content) != end + suite.signature_length:
        raise ValueError("the path has another length")
    path = tuple([content[node : node + _NODE] for node in range(start, end, _NODE)])
    return Seal(algorithm, content[2:at].decode("ascii"), sealed_at, count, index, path, content[end:])


class SealChecker:
    """Checks seals against the keys of a ring; a batch costs one signature, however many of its records come. Safe in several threads."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._verified = lru_cache(_ROOTS)(_verify)

    def check(self, record: Record, province: str, partition: int | None = None) -> bytes:
        """The digest of a record that the province sealed; first thing done with it, on the raw bytes (D4).

        partition: where it stands; needed only once a key is revoked. Raises KeyUnknown, or SealInvalid whose `why` is one of
        seal_missing, seal_malformed, header_repeated, algorithm_unknown, algorithm_differs, key_not_yet_valid, key_expired, key_revoked,
        signature_wrong.
        """
        seal = read_seal(record)
        key = self._keys.get(province, seal.key_id)
        suite = SUITES[seal.algorithm]
        _good_for(key, seal, record, partition)
        digest = _digest(suite, record)
        root = root_of(digest, seal.leaf, seal.leaves, seal.path, suite.hash)
        self._verified(key.public, seal.signature, seal.algorithm, seal.key_id, province, seal.sealed_at, seal.leaves, root)
        return digest


def _verify(public: bytes, signature: bytes, algorithm: int, *said: Any) -> None:
    if not SUITES[algorithm].verify(public, signature, _statement(algorithm, *said)):
        raise SealInvalid("the seal does not cover these bytes", why="signature_wrong")


def _good_for(key: SealKey, seal: Seal, record: Record, partition: int | None) -> None:
    """Raises SealInvalid unless the key was good for this record when it was sealed."""
    if seal.algorithm != key.algorithm:
        raise SealInvalid(f"key {key.key_id} is of another algorithm", why="algorithm_differs", key_id=key.key_id)
    key.in_force(seal.sealed_at)
    if key.last_valid is not None:
        last = 0 if partition is None else key.last_valid.get((record.topic, partition), 0)
        if not 0 < _sequence(record) <= last:
            raise SealInvalid(f"key {key.key_id} is revoked from {last + 1} on", why="key_revoked", key_id=key.key_id)


def _sequence(record: Record) -> int:
    """The sequence in the headers, 0 when there is none; the seal that is being checked vouches for it."""
    text = dict(record.headers).get("ce_sequence", b"")
    return int(text) if text.isdigit() and len(text) < 20 else 0
