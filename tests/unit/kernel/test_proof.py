"""Trees against RFC 6962's own definition, and bytes without ambiguity."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.kernel.proof import joined, path_length, root_of, tree


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def leaves(count: int) -> list[bytes]:
    return [sha256(b"\0" + bytes([n % 256, n // 256])) for n in range(count)]


def by_the_book(nodes: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1: split at the largest power of two below n."""
    if len(nodes) == 1:
        return nodes[0]
    split = 1 << (len(nodes) - 1).bit_length() - 1
    return sha256(b"\x01" + by_the_book(nodes[:split]) + by_the_book(nodes[split:]))


def path_by_the_book(index: int, nodes: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1."""
    if len(nodes) == 1:
        return []
    split = 1 << (len(nodes) - 1).bit_length() - 1
    if index < split:
        return [*path_by_the_book(index, nodes[:split]), by_the_book(nodes[split:])]
    return [*path_by_the_book(index - split, nodes[split:]), by_the_book(nodes[:split])]


@pytest.mark.parametrize("count", [*range(1, 34), 63, 64, 65, 100, 257])
def test_d16_the_tree_is_that_of_rfc_6962(count: int) -> None:
    nodes = leaves(count)
    root, paths = tree(nodes, sha256)
    assert root == by_the_book(nodes)
    for index, path in enumerate(paths):
        assert path == path_by_the_book(index, nodes)
        assert len(path) == path_length(index, count)
        assert root_of(nodes[index], index, count, path, sha256) == root


def test_d16_the_published_vectors_of_certificate_transparency() -> None:
    """The reference inputs and roots of Google's merkletree tests."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    nodes = [sha256(b"\0" + bytes.fromhex(text)) for text in inputs]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    assert {count: tree(nodes[:count], sha256)[0].hex() for count in roots} == roots


@given(st.integers(1, 70), st.data())
def test_a_path_leads_to_the_root_from_its_own_place_alone(count: int, data: st.DataObject) -> None:
    nodes = leaves(count)
    root, paths = tree(nodes, sha256)
    index = data.draw(st.integers(0, count - 1))
    other = data.draw(st.integers(0, count - 1))
    if len(paths[index]) == path_length(other, count):
        assert (root_of(nodes[index], other, count, paths[index], sha256) == root) == (index == other)


@given(st.lists(st.binary(max_size=9)), st.lists(st.binary(max_size=9)))
def test_two_lists_of_parts_never_look_alike(one: list[bytes], other: list[bytes]) -> None:
    assert (joined(one) == joined(other)) == (one == other)


def test_a_long_part_stands_behind_its_length() -> None:
    assert joined([bytes(5000)]) == (5000).to_bytes(4, "big") + bytes(5000)
    assert joined([bytes(4095), bytes(4096)])[:4] == (4095).to_bytes(4, "big")
