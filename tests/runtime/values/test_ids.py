"""Ids: the vector that clients know, one text for each id, and no slip goes unnoticed."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convexgen.runtime.values import DocumentId, InvalidIdError, decode_id, encode_id, new_internal_id
from convexgen.runtime.values.sort_keys import sort_key

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
VECTOR = "z43zp6c3e75gkmz1kfwj6mbbx5sw281h"
VECTOR_ID = DocumentId(1017, bytes(251 ** (place + 1) % 256 for place in range(16)))

NUMBERS = st.integers(1, 2**32 - 1) | st.sampled_from((1, 127, 128, 10_001, 16_383, 16_384, 2**21, 2**28, 2**32 - 1))
IDS = st.builds(DocumentId, NUMBERS, st.binary(min_size=16, max_size=16))


def _spelt(table: bytes, internal: bytes) -> str:
    """Any bytes in base 32, a bit at a time, with the right checksum."""
    body = table + internal
    data = body + bytes((sum(body) % 256, sum(accumulate(body)) % 256))
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return "".join(ALPHABET[int(bits[place : place + 5], 2)] for place in range(0, len(bits), 5))


def test_the_vector() -> None:
    assert encode_id(*VECTOR_ID) == str(VECTOR_ID) == VECTOR
    assert decode_id(VECTOR) == VECTOR_ID


@given(IDS)
def test_ids_come_back(document: DocumentId) -> None:
    assert decode_id(str(document)) == document


@pytest.mark.parametrize(
    ("number", "table", "length"),
    [
        (1, b"\1", 31),
        (127, b"\x7f", 31),
        (128, b"\x80\1", 32),
        (10_001, b"\x91\x4e", 32),
        (16_383, b"\xff\x7f", 32),
        (16_384, b"\x80\x80\1", 34),
        (2**21, b"\x80\x80\x80\1", 36),
        (2**28, b"\x80\x80\x80\x80\1", 37),
        (2**32 - 1, b"\xff\xff\xff\xff\x0f", 37),
    ],
)
def test_the_number_of_the_table_comes_first(number: int, table: bytes, length: int) -> None:
    text = encode_id(number, bytes(range(16)))
    assert text == _spelt(table, bytes(range(16)))
    assert len(text) == length


@settings(max_examples=15)
@given(IDS)
def test_no_slip_of_a_character_goes_unnoticed(document: DocumentId) -> None:
    text = str(document)
    for place, character in enumerate(text):
        for other in ALPHABET.replace(character, "") + "ilou-_ A\n":
            with pytest.raises(InvalidIdError):
                decode_id(text[:place] + other + text[place + 1 :])


@settings(max_examples=15)
@given(IDS)
def test_nothing_may_be_added_or_left_out(document: DocumentId) -> None:
    text = str(document)
    for place in range(len(text)):
        with pytest.raises(InvalidIdError):
            decode_id(text[:place] + text[place + 1 :])
        with pytest.raises(InvalidIdError):
            decode_id(f"{text[:place]}0{text[place:]}")


ZERO_TABLE = _spelt(b"\0", bytes(16))
TWO_SPELLINGS = _spelt(b"\x81\0", bytes(16))
BEYOND_TABLES = _spelt(b"\x80\x80\x80\x80\x10", bytes(16))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Invalid ID length 0"),
        (VECTOR + "0", "Invalid ID length 33"),
        (VECTOR * 1000, "Invalid ID length 32000"),
        (VECTOR.upper(), f"'{VECTOR.upper()}' has characters that no ID has"),
        (f"{VECTOR[:-1]}\n", f"'{VECTOR[:-1]}\\n' has characters that no ID has"),
        ("\ud800" * 32, ascii("\ud800" * 32) + " has characters that no ID has"),
        ("١" * 32, ascii("١" * 32) + " has characters that no ID has"),
        (ZERO_TABLE, f"'{ZERO_TABLE}' names no table"),
        (TWO_SPELLINGS, f"'{TWO_SPELLINGS}' names no table"),
        (BEYOND_TABLES, f"'{BEYOND_TABLES}' names no table"),
        (f"{VECTOR[:-1]}j", f"the checksum of '{VECTOR[:-1]}j' is wrong"),
    ],
)
def test_what_is_no_id(text: str, message: str) -> None:
    with pytest.raises(InvalidIdError) as refused:
        decode_id(text)
    assert str(refused.value) == f"Unable to decode ID: {message}"


@given(st.text(st.sampled_from(ALPHABET), min_size=28, max_size=39) | st.text())
def test_any_text_is_an_id_or_refused(text: str) -> None:
    try:
        found = decode_id(text)
    except InvalidIdError:
        return
    assert str(found) == text


@given(NUMBERS, *[st.binary(min_size=16, max_size=16)] * 2)
def test_in_one_table_texts_are_in_the_order_of_the_bytes(number: int, left: bytes, right: bytes) -> None:
    first, second = encode_id(number, left), encode_id(number, right)
    assert (first < second, first == second) == (left < right, left == right)
    assert (sort_key(first) < sort_key(second)) == (left < right)


@pytest.mark.parametrize(("number", "size"), [(0, 16), (-1, 16), (2**32, 16), (1, 15), (1, 17)])
def test_what_cannot_be_an_id_is_not_spelt(number: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"^no id has the table number {number} and {size} bytes$"):
        encode_id(number, bytes(size))


def test_a_new_id_is_chance_and_a_day() -> None:
    chance = bytes(range(14))
    assert new_internal_id(chance, 0) == chance + b"\0\0"
    assert new_internal_id(chance, 86_400_000 * 256.5) == chance + b"\1\0"
    assert new_internal_id(chance, 86_400_000.0 * 2**16) == chance + b"\0\0"  # in the year 2149 days start again
    with pytest.raises(ValueError, match=r"^13 random bytes, not 14$"):
        new_internal_id(chance[1:], 0)
