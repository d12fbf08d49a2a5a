"""What the words of a text are: the same for what is stored and for what is asked, whatever store it lies in."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import Final

MAXIMUM_LENGTH: Final = 32
"""Characters of a word that count. Words that differ only after them are the same."""

_PLAIN_WORD: Final = re.compile(r"[0-9a-z]+")


def words_of(text: str) -> list[str]:
    """The words in their order: runs of letters, digits and the marks on them, without regard to case or composition.

    A word has no other ASCII in it than small letters and digits.
    """
    if text.isascii():
        return [word[:MAXIMUM_LENGTH] for word in _PLAIN_WORD.findall(text.lower())]
    runs = groupby(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()), _is_of_a_word)
    return ["".join(run)[:MAXIMUM_LENGTH] for is_word, run in runs if is_word]


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"
