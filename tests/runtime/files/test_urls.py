"""Addresses of files, and the tokens in those for uploads."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.runtime.files import FileUrls, InvalidTokenError, TokenExpiredError
from convexgen.runtime.files.urls import LIFETIME, name_in

NAME = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
NOW = 1_700_000_000_000.5

urls = FileUrls(b"a secret", "https://files.example")


def token_of(url: str) -> str:
    (token,) = parse_qs(urlsplit(url).query)["token"]
    return token


def test_where_a_file_is_read() -> None:
    assert urls.download(NAME) == f"https://files.example/api/storage/{NAME}"


def test_where_a_file_is_uploaded() -> None:
    url = urls.upload(NOW)
    assert url.startswith(f"https://files.example/api/storage/upload?token={int(NOW) + LIFETIME}.")
    assert url == urls.upload(NOW)


def test_a_token_is_good_for_an_hour() -> None:
    token = token_of(urls.upload(NOW))
    urls.check_token(token, NOW)
    urls.check_token(token, NOW + LIFETIME - 1)
    with pytest.raises(TokenExpiredError):
        urls.check_token(token, NOW + LIFETIME)


def test_the_token_of_another_backend_is_none() -> None:
    token = token_of(FileUrls(b"another secret").upload(NOW))
    with pytest.raises(InvalidTokenError):
        urls.check_token(token, NOW)


def test_nobody_makes_a_token_good_for_longer() -> None:
    expires_at, signature = token_of(urls.upload(NOW)).split(".")
    with pytest.raises(InvalidTokenError):
        urls.check_token(f"{int(expires_at) + 1}.{signature}", NOW)


@given(st.data())
def test_no_other_spelling_of_a_token_is_good(data: st.DataObject) -> None:
    token = token_of(urls.upload(NOW))
    place = data.draw(st.integers(0, len(token) - 1))
    other = token[:place] + data.draw(st.characters().filter(lambda each: each != token[place])) + token[place + 1 :]
    with pytest.raises(InvalidTokenError):
        urls.check_token(other, NOW)


@pytest.mark.parametrize(
    "token", ["", ".", "1.", "1", f"{'9' * 17}.{'a' * 43}", f"١.{'a' * 43}", "1." + "a" * 43 + "\n"]
)
def test_what_is_no_token(token: str) -> None:
    with pytest.raises(InvalidTokenError):
        urls.check_token(token, NOW)


@pytest.mark.parametrize(
    ("segment", "name"),
    [(NAME, NAME), (NAME.upper(), NAME), ("upload", None), ("..", None), (NAME[:-1], None), (f"{NAME}\n", None)],
)
def test_names_in_urls(segment: str, name: str | None) -> None:
    assert name_in(segment) == name
