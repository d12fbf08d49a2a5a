"""Values as JSON: the vectors that clients send, what nobody may send, and that nothing is lost on the way."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from convexgen import Int64
from convexgen.runtime.values import (
    FORMATS,
    InvalidValueError,
    Json,
    Value,
    canonical,
    decode,
    encode,
    from_canonical,
    read_json,
    write_json,
)
from tests.runtime.values.strategies import JSON, NEGATIVE_NAN, VALUES, exact

VECTORS: list[tuple[Value, str]] = [
    (None, "null"),
    (True, "true"),
    (5.0, "5.0"),
    (-5.5, "-5.5"),
    (0.0, "0.0"),
    (2.0**53, "9007199254740992.0"),
    (1e22, "1e+22"),
    (-0.0, '{"$float":"AAAAAAAAAIA="}'),
    (math.inf, '{"$float":"AAAAAAAA8H8="}'),
    (-math.inf, '{"$float":"AAAAAAAA8P8="}'),
    (math.nan, '{"$float":"AAAAAAAA+H8="}'),
    (NEGATIVE_NAN, '{"$float":"AAAAAAAA+P8="}'),
    (Int64(7), '{"$integer":"BwAAAAAAAAA="}'),
    (Int64(-1), '{"$integer":"//////////8="}'),
    (Int64(-(2**63)), '{"$integer":"AAAAAAAAAIA="}'),
    (b"", '{"$bytes":""}'),
    (b"\0\xff\xfe", '{"$bytes":"AP/+"}'),
    ("", '""'),
    ('a"\\\n\0é\U0001f600', '"a\\"\\\\\\n\\u0000é😀"'),
    ([], "[]"),
    ({}, "{}"),
    (
        {"b": [1.0, None], "a": {"": "x"}, "B": Int64(0)},
        '{"B":{"$integer":"AAAAAAAAAAA="},"a":{"":"x"},"b":[1.0,null]}',
    ),
]


@pytest.mark.parametrize(("value", "text"), VECTORS, ids=[text for _, text in VECTORS])
def test_each_value_has_one_text(value: Value, text: str) -> None:
    assert canonical(value) == text
    assert exact(decode(read_json(text))) == exact(value)
    assert exact(decode(read_json(text.encode()))) == exact(value)
    assert exact(from_canonical(text)) == exact(value)


@given(VALUES)
def test_nothing_is_lost(value: Value) -> None:
    text = canonical(value)
    assert exact(decode(encode(value))) == exact(value)
    assert exact(decode(read_json(text))) == exact(value)
    assert exact(from_canonical(text)) == exact(value)
    assert canonical(from_canonical(text)) == text


@given(VALUES, VALUES)
@example(5.0, Int64(5))
@example(1.0, True)
@example(0.0, -0.0)
@example({"a": 1.0, "b": None}, {"b": None, "a": 1.0})
@example(b"a", "a")
def test_equal_values_and_no_others_share_a_text(left: Value, right: Value) -> None:
    assert (canonical(left) == canonical(right)) == (exact(left) == exact(right))


def test_encoding_leaves_what_it_is_given_alone() -> None:
    inner: list[Value] = ["a"]
    value: Value = {"b": inner, "a": None}
    encoded: Any = encode(value)
    encoded["b"].append("b")
    assert value == {"b": ["a"], "a": None}
    assert list(value) == ["b", "a"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5.0),
        ("-0", -0.0),
        ("-0.0", -0.0),
        ("[-0]", [-0.0]),
        ("1E5", 100000.0),
        ("9007199254740993", 2.0**53),
        ("123456789012345678901234567890", 1.2345678901234568e29),
        ("1e-999", 0.0),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\\\ud800"', "\\ud800"),
        (' { "a" : [ 1 ] } \n', {"a": [1.0]}),
        ('{"__proto__": 1, "constructor": 2}', {"__proto__": 1.0, "constructor": 2.0}),
        ('{"$": 1}', "Field name $ starts with '$', which is reserved."),
        ('{"a": {"$integer": "BwAAAAAAAAA=", "b": 1}}', "Field name $integer starts with '$', which is reserved."),
        ('{"$commitTs": null}', "Field name $commitTs starts with '$', which is reserved."),
        ('{"$undefined": null}', "Field name $undefined starts with '$', which is reserved."),
        ('{"$set": []}', "Received a Set which is no longer supported as a Convex type."),
        ('{"$map": []}', "Received a Map which is no longer supported as a Convex type."),
        ('{"$float": "AAAAAAAAFEA="}', "Float 5.0 should be encoded as a number"),
        ('{"$float": "AAAAAAAAAAA="}', "Float 0.0 should be encoded as a number"),
        ('{"$float": 5}', "Malformed $float field: it should hold a string"),
        ('{"$integer": "BwAAAAAAAA=="}', "Received 7 bytes, expected 8 for $integer"),
        ('{"$integer": 7}', "Malformed $integer field: it should hold a string"),
        ('{"$bytes": null}', "Malformed $bytes field: it should hold a string"),
        ('{"$bytes": "YQ"}', "Malformed $bytes field: it should hold base64"),
        ('{"$bytes": "YR=="}', "Malformed $bytes field: it should hold base64"),
        ('{"$bytes": "YQ==YQ=="}', "Malformed $bytes field: it should hold base64"),
        ('{"$bytes": "Y Q=="}', "Malformed $bytes field: it should hold base64"),
        ('{"$bytes": "_-8="}', "Malformed $bytes field: it should hold base64"),
        ('{"$bytes": "é==="}', "Malformed $bytes field: it should hold base64"),
        (
            '{"é": 1}',
            "Field name é has invalid character '\\xe9': Field names can only contain non-control ASCII characters",
        ),
        (
            '{"a\\u0000": 1}',
            "Field name a\0 has invalid character '\\x00': Field names can only contain non-control ASCII characters",
        ),
        (f'{{"{"n" * 1024}": null}}', {"n" * 1024: None}),
        (f'{{"{"n" * 1025}": null}}', f"Field name {'n' * 1025} exceeds maximum field name length 1024."),
        ("1e999", "Number is out of the range of Float64"),
        ("-1e999", "Number is out of the range of Float64"),
        (f"-1{'0' * 308}", -1e308),
        (f"9{'0' * 308}", "Number is out of the range of Float64"),
        (f"-9{'0' * 308}", "Number is out of the range of Float64"),
        (f"1{'0' * 309}", "Number is out of the range of Float64"),
        (f"1{'0' * 5000}", "Number is out of the range of Float64"),
        ("NaN", "not JSON: NaN is no number there"),
        ("[-Infinity]", "not JSON: -Infinity is no number there"),
        ('{"a": 1, "b": {"a": 1, "a": 1}}', "not JSON: an object has the same key twice"),
        ('"\\ud800"', "not JSON: the text is not Unicode"),
        ('{"\\udc00\\ud800": 1}', "not JSON: the text is not Unicode"),
        ('"\ud800"', "not JSON: the text is not Unicode"),
        ("", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("{} {}", "not JSON: Extra data: line 1 column 4 (char 3)"),
    ],
)
def test_what_clients_may_send(text: str, value: Value) -> None:
    """A value, or why there is none."""
    try:
        found = exact(decode(read_json(text)))
    except InvalidValueError as error:
        assert str(error) == value
    else:
        assert found == exact(value)


@pytest.mark.parametrize("text", [b"\xff\xfe1\0", b"\xef\xbb\xbf1", b'"\xed\xa0\x80"', b'"\xff"'])
def test_only_utf_8_is_read(text: bytes) -> None:
    with pytest.raises(InvalidValueError, match=r"^not JSON: "):
        read_json(text)


def test_a_lone_surrogate_is_refused_wherever_the_json_came_from() -> None:
    with pytest.raises(InvalidValueError, match=r"^String has a lone surrogate at position 1, so it is not Unicode$"):
        decode(["a\ud800"])
    with pytest.raises(InvalidValueError, match=r"^Field name \\ud800 has invalid character '\\ud800': "):
        decode({"\ud800": 1})


@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")])
def test_depth_has_a_limit(brackets: tuple[str, str]) -> None:
    opening, closing = brackets

    def nested(levels: int) -> Json:
        return read_json(opening * levels + "null" + closing * levels)

    assert canonical(decode(nested(64))) == opening * 64 + "null" + closing * 64
    with pytest.raises(InvalidValueError) as too_deep:
        decode(nested(65))
    assert str(too_deep.value) == "Value is too nested (nested 65 levels deep > maximum nesting 64)"
    with pytest.raises(InvalidValueError) as much_too_deep:
        nested(100_000)
    assert str(much_too_deep.value) == str(too_deep.value)


def test_typed_values_are_no_level() -> None:
    value: Value = Int64(7)
    for _ in range(64):
        value = [value]
    assert decode(encode(value)) == value


def test_arrays_and_objects_have_a_limit() -> None:
    decode([[None] * 8192])
    with pytest.raises(InvalidValueError) as too_long:
        decode([[None] * 8193])
    assert str(too_long.value) == "Array length is too long (8193 > maximum length 8192)"
    decode({"a": {str(number): None for number in range(1024)}})
    with pytest.raises(InvalidValueError) as too_wide:
        decode({"a": {str(number): None for number in range(1025)}})
    assert str(too_wide.value) == "Object has too many fields (1025 > maximum number 1024)"


def _read(text: str | bytes) -> Value | InvalidValueError:
    try:
        return decode(read_json(text))
    except InvalidValueError as error:
        return error


@given(st.text() | st.binary() | st.text(st.sampled_from('{}[]",:$\\ud80NaIntegr1e9-.')))
def test_any_text_is_a_value_or_refused(text: str | bytes) -> None:
    found = _read(text)
    if not isinstance(found, InvalidValueError):
        assert exact(from_canonical(canonical(found))) == exact(found)


@given(VALUES, st.data())
def test_a_damaged_text_is_a_value_or_refused(value: Value, data: st.DataObject) -> None:
    text = canonical(value)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    damage = data.draw(st.text(st.sampled_from('{}[]",:$\\ud80\ud800=1e-'), max_size=3))
    found = _read(text[:start] + damage + text[end:])
    if not isinstance(found, InvalidValueError):
        assert exact(from_canonical(canonical(found))) == exact(found)


@given(JSON)
def test_any_json_is_a_value_or_refused(found: Json) -> None:
    try:
        value = decode(found)
    except InvalidValueError as error:
        str(error).encode()
    else:
        assert exact(decode(encode(value))) == exact(value)


@pytest.mark.parametrize("stranger", [5, object(), {1, 2}, [5], {"a": 5}, (1.0,), bytearray()])
def test_what_is_no_value_is_never_written(stranger: Any) -> None:
    with pytest.raises(TypeError, match=r"is not a value of the engine$"):
        canonical(stranger)


EVERY_KIND: Value = {
    "bytes": b"\xfb\xff",
    "floats": [5.0, 1.5, -0.0, math.nan, math.inf, -math.inf],
    "int64": Int64(-(2**63)),
    "others": [None, True, "a"],
}

_ENCODED = (
    '{"bytes":{"$bytes":"+/8="},"floats":[5.0,1.5,{"$float":"AAAAAAAAAIA="},{"$float":"AAAAAAAA+H8="},'
    '{"$float":"AAAAAAAA8H8="},{"$float":"AAAAAAAA8P8="}],"int64":{"$integer":"AAAAAAAAAIA="},"others":[null,true,"a"]}'
)
_CLEAN = (
    '{"bytes":"+/8=","floats":[5.0,1.5,-0.0,"NaN","Infinity","-Infinity"],'
    '"int64":"-9223372036854775808","others":[null,true,"a"]}'
)
_EXPORTED = (
    '{"bytes":{"$bytes":"+/8="},"floats":[5.0,1.5,-0.0,{"$float":"AAAAAAAA+H8="},'
    '{"$float":"AAAAAAAA8H8="},{"$float":"AAAAAAAA8P8="}],"int64":-9223372036854775808,"others":[null,true,"a"]}'
)


def test_every_format_has_its_words_for_what_json_cannot_say() -> None:
    assert {name: write_json(encoder(EVERY_KIND)) for name, encoder in FORMATS.items()} == {
        "convex_encoded_json": _ENCODED,
        "convex_json": _ENCODED,
        "json": _CLEAN,
        "convex_clean_json": _CLEAN,
        "export_json": _EXPORTED,
    }


@given(VALUES, st.sampled_from(sorted(FORMATS)))
def test_every_format_is_json(value: Value, name: str) -> None:
    text = write_json(FORMATS[name](value))
    assert write_json(json.loads(text, parse_constant=pytest.fail)) == text
