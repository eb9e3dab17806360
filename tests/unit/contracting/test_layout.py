"""One way to write a schema down, and one number for what it says."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from chuanyu.contracting import avro_library
from chuanyu.contracting.layout import WIDTH, file_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=30), inner, max_size=5),
    max_leaves=30,
)


@given(JSON)
def test_what_is_written_reads_the_same_and_is_written_once(value: object) -> None:
    text = file_text(value)
    assert json.loads(text) == value
    assert file_text(json.loads(text)) == text


def test_what_fits_stands_on_one_line() -> None:
    assert file_text({"name": "x", "type": ["null", "string"]}) == '{"name": "x", "type": ["null", "string"]}\n'
    assert max(map(len, file_text([{"key": "word" * 9}] * 9).splitlines())) <= WIDTH


def test_fingerprints_are_those_of_the_avro_specification() -> None:
    """Known answers of the specification's own test set (CRC-64-AVRO)."""
    assert avro_library.fingerprint("int") == "7275d51a3f395c8f"
    assert avro_library.fingerprint("string") == "8f014872634503c7"
    assert avro_library.fingerprint("null") == "63dd24e7cc258f8a"
