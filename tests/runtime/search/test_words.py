"""What counts as a word, and that it is the same word wherever it stands."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.runtime.search.words import MAXIMUM_LENGTH, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \n.,!", []),
        ("Hello, World! It's 3.14", ["hello", "world", "it", "s", "3", "14"]),
        ("snake_case and kebab-case", ["snake", "case", "and", "kebab", "case"]),
        ("Grüße aus KÖLN", ["grüsse", "aus", "köln"]),
        ("ﬁne ½", ["fine", "1", "2"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("日本語。テキスト", ["日本語", "テキスト"]),
        ("x" * 40 + " y", ["x" * MAXIMUM_LENGTH, "y"]),
        ("null\0byte", ["null", "byte"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text())
def test_words_are_made_of_themselves(text: str) -> None:
    words = words_of(text)
    assert all(words)
    assert words_of(" ".join(words)) == words


@given(st.text())
def test_case_and_composition_make_no_difference(text: str) -> None:
    apart, together = (unicodedata.normalize(form, text) for form in ("NFD", "NFC"))
    assert words_of(apart) == words_of(together)


@given(st.text())
def test_no_word_has_ascii_that_separates_words(text: str) -> None:
    for word in words_of(text):
        assert all(not character.isascii() or character.isalnum() for character in word)
        assert word == word.lower() or not word.isascii()
