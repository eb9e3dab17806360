"""What is hashed and signed, as bytes without ambiguity, and the trees of RFC 6962. Pure functions; an offline verifier needs no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

Hash = Callable[[bytes], bytes]

_NODE = b"\x01"  # RFC 6962 section 2.1; the leaves' 0x00 stands in their own digest
_LENGTHS = [length.to_bytes(4, "big") for length in range(4096)]


def joined(parts: Iterable[bytes]) -> bytes:
    """The parts, each behind its length in 4 bytes, big-endian: two different lists never look alike."""
    return b"".join([(_LENGTHS[n] if (n := len(part)) < 4096 else n.to_bytes(4, "big")) + part for part in parts])


def number(value: int) -> bytes:
    """A count, a sequence or an instant in ms as a part: 8 bytes, big-endian."""
    return value.to_bytes(8, "big", signed=True)


def tree(leaves: Sequence[bytes], hash_: Hash) -> tuple[bytes, list[list[bytes]]]:
    """The root of at least one leaf, and for each leaf its inclusion path, from the leaf up."""
    paths: list[list[bytes]] = [[] for _ in leaves]
    level = list(leaves)
    depth = 0
    while len(level) > 1:
        for index, path in enumerate(paths):
            sibling = (index >> depth) ^ 1
            if sibling < len(level):
                path.append(level[sibling])
        level = _above(level, hash_)
        depth += 1
    return level[0], paths


def _above(level: list[bytes], hash_: Hash) -> list[bytes]:
    """The next level: pairs are hashed, a last one without a pair goes up as it is."""
    pairs = zip(level[::2], level[1::2], strict=False)
    return [hash_(_NODE + left + right) for left, right in pairs] + level[len(level) & ~1 :]


def path_length(index: int, count: int) -> int:
    """How many nodes the inclusion path of a leaf has: no other number is taken."""
    inner = _inner(index, count)
    return inner + (index >> inner).bit_count()


def root_of(leaf: bytes, index: int, count: int, path: Sequence[bytes], hash_: Hash) -> bytes:
    """The root to which this path leads, for 0 <= index < count and len(path) == path_length(index, count)."""
    inner, node = _inner(index, count), leaf
    for level, sibling in enumerate(path):
        right = level >= inner or index >> level & 1
        node = hash_(_NODE + sibling + node) if right else hash_(_NODE + node + sibling)
    return node


def _inner(index: int, count: int) -> int:
    """On so many levels the path of a leaf and that of the last leaf are apart; above, every sibling stands on the left."""
    return (index ^ (count - 1)).bit_length()
