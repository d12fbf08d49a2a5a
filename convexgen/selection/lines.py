"""What the tokens of a Python file say of its lines: where comments are, and where statements end.

Only files that have a comment for us, or are to be given one, are looked at, so the standard tokenizer is quick enough.
"""

from __future__ import annotations

import io
import re
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

BYTE_ORDER_MARK = "\ufeff"
_LINE_END = re.compile(r"(\r\n|\r|\n)")
_BLANK = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
_ENDS = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}


class Comment(NamedTuple):
    """A comment, from its `#` to the end of its line. Lines count from 1, columns from 0."""

    line: int
    column: int
    text: str


class Lines(NamedTuple):
    """`ends` has the last line of the statement (or the head of a block) for each line that is not the last one of it.

    `closed` are lines that nothing can be written behind: a string or a backslash goes on in the next. `first_code` is
    the line of the first statement that is not the docstring; `bare` are the lines that hold nothing but a comment,
    outside of any statement.
    """

    comments: tuple[Comment, ...]
    ends: Mapping[int, int]
    closed: frozenset[int]
    first_code: int
    bare: frozenset[int]

    def end(self, line: int) -> int:
        """The last line of the statement that `line` belongs to."""
        return self.ends.get(line, line)


def decoded(content: bytes) -> str | None:
    """The text of a file, its byte order mark kept; None if it cannot be read in the encoding that it declares."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
        return content.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return None


def split(text: str) -> list[tuple[str, str]]:
    """The lines of `text` as the tokenizer counts them, each with its line end, which the last one may lack."""
    parts = _LINE_END.split(text)
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))


def read_lines(text: str) -> Lines | None:
    """None if `text` does not consist of Python's tokens."""
    if "\0" in text:  # the tokenizer of Python 3.12 does not end well on those
        return None
    source = io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about doubtful escapes, from Python 3.12: they are not ours to tell
            tokens = list(tokenize.generate_tokens(source.readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    comments = tuple(Comment(*token.start, token.string) for token in tokens if token.type == tokenize.COMMENT)
    ends = dict(_statement_ends(tokens))
    coded = {line for token in tokens if token.type not in _BLANK for line in (token.start[0], token.end[0])}
    bare = {comment.line for comment in comments} - coded - set(ends)
    return Lines(comments, ends, frozenset(_closed(tokens)), _first_code(tokens), frozenset(bare))


def _statement_ends(tokens: list[tokenize.TokenInfo]) -> Iterator[tuple[int, int]]:
    start = 0
    for token in tokens:
        if token.type == tokenize.NEWLINE:
            yield from ((line, token.start[0]) for line in range(start, token.start[0]))
            start = 0
        elif not start and token.type not in _BLANK:
            start = token.start[0]


def _closed(tokens: list[tokenize.TokenInfo]) -> Iterator[int]:
    """Every token that does not end its line is followed by one on the same line, unless a backslash stands between.

    From Python 3.12 a formatted string is several tokens, which are taken together.
    """
    opened: list[int] = []
    for token, following in pairwise(tokens):
        kind = tokenize.tok_name[token.type]
        if kind.endswith("STRING_START"):
            opened.append(token.start[0])
        elif kind.endswith("STRING_END"):
            yield from range(opened.pop(), token.end[0])
        elif kind == "STRING":
            yield from range(token.start[0], token.end[0])
        if token.type not in _ENDS:
            yield from range(token.end[0], following.start[0])


def _first_code(tokens: list[tokenize.TokenInfo]) -> int:
    code = [token for token in tokens if token.type not in _BLANK]
    if [token.type for token in code[:2]] == [tokenize.STRING, tokenize.NEWLINE]:
        code = code[2:]
    return (code or tokens[-1:])[0].start[0]
