"""
Who may seal: a province's root vouches for the node's seal keys, and both nodes pin the roots' fingerprints (D16).

A key travels as `node_key_published` on the owner's system topic, signed by the root over its own statement; so the very first one can be
believed before any seal can, and the file that brings it to its own node holds the same event.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from chuanyu.contracts.system import NodeKeyPublished
from chuanyu.kernel.faults import KeyUnknown, SealInvalid, SealKeyUnfit
from chuanyu.kernel.proof import Hash, joined, number

Slot = tuple[str, int]  # topic, partition

_ROOT = re.compile("([a-z][a-z0-9]*) ([0-9a-f]{64})").fullmatch

PUBLISHED_BEFORE_USE_MS = 86_400_000


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _ed25519(public: bytes, signature: bytes, statement: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Suite:
    """A hash and a signature that go together, under the number that seals carry. verify: (public, signature, statement)."""

    number: int
    hash: Hash
    verify: Callable[[bytes, bytes, bytes], bool]
    signature_length: int = 64


ED25519 = Suite(1, _sha256, _ed25519)
SUITES = {suite.number: suite for suite in (ED25519,)}  # 2 is kept for SM2 with SM3


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that can sign: a root or a seal key. Its repr shows no secret."""

    algorithm: int
    public: bytes
    sign: Callable[[bytes], bytes]

    @property
    def key_id(self) -> str:
        return key_id(self.public)


def key_id(public: bytes) -> str:
    """The name of a key is computed from it: 16 hexadecimal digits."""
    return fingerprint(public)[:16]


def fingerprint(public: bytes) -> str:
    """What configuration pins of a root: SHA-256 of the raw public key, hexadecimal."""
    return hashlib.sha256(public).hexdigest()


def load_roots(file: Path) -> dict[str, str]:
    """Province → fingerprint of its pinned root, from lines `province fingerprint`. Raises SealKeyUnfit."""
    try:
        lines = file.read_text(encoding="ascii").split("\n")
    except (OSError, ValueError) as error:
        raise SealKeyUnfit(f"{file} cannot be read: {type(error).__name__}") from None
    read = [_ROOT(line) for line in lines if line.strip()]
    roots = {found[1]: found[2] for found in read if found}
    if not roots or len(roots) != len(read):
        raise SealKeyUnfit(f"{file}: a line is a province and 64 hexadecimal digits")
    return roots


def make_key() -> PrivateKey:
    """A fresh key, for a root or for sealing."""
    return _private(Ed25519PrivateKey.generate())


def save_key(key_file: Path) -> PrivateKey:
    """Makes a key and keeps it as PKCS#8 PEM that only its owner may read. An existing file is FileExistsError."""
    secret = Ed25519PrivateKey.generate()
    with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return _private(secret)


def load_key(key_file: Path) -> PrivateKey:
    """The key in a PEM file. Raises SealKeyUnfit."""
    try:
        secret = load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise SealKeyUnfit(f"{key_file} holds no readable private key: {type(error).__name__}") from None
    if not isinstance(secret, Ed25519PrivateKey):
        raise SealKeyUnfit(f"{key_file} holds no Ed25519 key")
    return _private(secret)


def _private(secret: Ed25519PrivateKey) -> PrivateKey:
    return PrivateKey(ED25519.number, secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), secret.sign)


@dataclass(frozen=True, slots=True)
class SealKey:
    """A published key. Valid for seals made from valid_from to before valid_until (ms).

    last_valid: once revoked, the last sequence of each partition that still counts; a partition not named has none.
    """

    province: str
    key_id: str
    algorithm: int
    public: bytes
    valid_from: int
    valid_until: int
    last_valid: Mapping[Slot, int] | None = None

    def in_force(self, at: int) -> None:
        """Raises SealInvalid (key_not_yet_valid, key_expired) unless the key may sign at this instant, ms."""
        if at < self.valid_from:
            raise SealInvalid(f"key {self.key_id} was not valid yet", why="key_not_yet_valid", key_id=self.key_id)
        if at >= self.valid_until:
            raise SealInvalid(f"key {self.key_id} had expired", why="key_expired", key_id=self.key_id)


@dataclass(frozen=True, slots=True)
class Revocation:
    """A root's word that a key seals nothing more. last_valid: as in SealKey."""

    province: str
    key_id: str
    algorithm: int
    last_valid: Mapping[Slot, int]
    root_public_key: bytes
    root_signature: bytes = b""


class KeyRing:
    """The seal keys that pinned roots vouch for. roots: province → fingerprint of its root."""

    def __init__(self, roots: Mapping[str, str], events: Iterable[NodeKeyPublished | Revocation] = ()) -> None:
        self._roots = dict(roots)
        self._keys: dict[tuple[str, str], SealKey] = {}
        self._revoked: dict[tuple[str, str], Mapping[Slot, int]] = {}
        for event in events:
            self.learn(event)

    def get(self, province: str, key_id: str) -> SealKey:
        """Raises KeyUnknown."""
        if key := self._keys.get((province, key_id)):
            return key
        raise KeyUnknown(province, key_id)

    def learn(self, event: NodeKeyPublished | Revocation) -> None:
        """Takes a publication or a revocation, in any order. Raises SealInvalid when the pinned root does not vouch for it."""
        self._vouched(event)
        name = event.province, event.key_id
        if isinstance(event, NodeKeyPublished):
            key = _published(event)
            known = self._keys.setdefault(name, key)
            if replace(known, last_valid=None) != key:
                raise SealInvalid(f"key {event.key_id} was published otherwise before", why="key_published_twice")
        else:
            self._revoked[name] = _earlier(self._revoked.get(name), event.last_valid)
        if name in self._revoked and name in self._keys:
            self._keys[name] = replace(self._keys[name], last_valid=self._revoked[name])

    def _vouched(self, event: NodeKeyPublished | Revocation) -> None:
        suite = SUITES.get(event.algorithm)
        if suite is None:
            raise SealInvalid(f"no algorithm {event.algorithm}", why="algorithm_unknown")
        if self._roots.get(event.province) != fingerprint(event.root_public_key):
            raise SealInvalid(f"this is not the pinned root of {event.province}", why="root_unknown")
        if not suite.verify(event.root_public_key, event.root_signature, _statement(event)):
            raise SealInvalid(f"the root of {event.province} did not sign this", why="root_signature_wrong")


def publish(
    root: PrivateKey, key: PrivateKey, province: str, *, now: int, valid_from: int, valid_until: int, first: bool = False
) -> NodeKeyPublished:
    """What a province's root says of a new seal key, times in ms.

    first: the province has no key yet. Raises SealKeyUnfit for any other key that would be used within 24 h.
    """
    if not first and valid_from < now + PUBLISHED_BEFORE_USE_MS:
        raise SealKeyUnfit(f"key {key.key_id} must be published 24 h before its first use", key_id=key.key_id)
    said = NodeKeyPublished(
        province=province,
        key_id=key.key_id,
        algorithm=key.algorithm,
        public_key=key.public,
        valid_from=valid_from,
        valid_until=valid_until,
        root_public_key=root.public,
        root_signature=b"",
    )
    return msgspec.structs.replace(said, root_signature=root.sign(_statement(said)))


def revoke(root: PrivateKey, province: str, key_id: str, last_valid: Mapping[Slot, int]) -> Revocation:
    """What a province's root says of a key that may seal nothing more. last_valid: each partition's last sequence that still counts."""
    said = Revocation(province, key_id, root.algorithm, dict(last_valid), root.public)
    return replace(said, root_signature=root.sign(_statement(said)))


def _statement(event: NodeKeyPublished | Revocation) -> bytes:
    named = [event.province.encode(), event.key_id.encode(), number(event.algorithm)]
    if isinstance(event, NodeKeyPublished):
        return joined([b"chuanyu-key-1", *named, event.public_key, number(event.valid_from), number(event.valid_until)])
    slots = [part for (topic, place), last in sorted(event.last_valid.items()) for part in (topic.encode(), number(place), number(last))]
    return joined([b"chuanyu-revocation-1", *named, *slots])


def _published(event: NodeKeyPublished) -> SealKey:
    if event.key_id != key_id(event.public_key):
        raise SealInvalid(f"{event.key_id} is not the name of this key", why="key_misnamed")
    return SealKey(event.province, event.key_id, event.algorithm, event.public_key, event.valid_from, event.valid_until)


def _earlier(one: Mapping[Slot, int] | None, other: Mapping[Slot, int]) -> Mapping[Slot, int]:
    """Of two revocations of a key the stricter one counts, in every partition."""
    return other if one is None else {slot: min(last, other.get(slot, 0)) for slot, last in one.items()}
