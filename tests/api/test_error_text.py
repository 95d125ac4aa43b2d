import json
import time

import pytest

from reconciler.api.error_text import LIMIT, error_text, safe
from reconciler.api.token import Token

TOKEN = Token("canary-token-12345")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("quota spent", "quota spent"),
        ({"message": "a model is in training"}, "a model is in training"),
        (
            {"errors": [{"msg": "too high", "field_name": "rank", "field_input": "999"}]},
            "rank: too high",
        ),
        ({"errors": [{"msg": "a"}, {"msg": "b"}, {"msg": "a"}]}, "a; b"),
        ({"error": "exactly one of caption, regenerate_caption"}, "exactly one of caption, regenerate_caption"),
        ({"error": {"code": 4, "message": "no", "details": "why"}, "request_id": "r"}, "no; why"),
        ({"detail": "Invalid token"}, "Invalid token"),
        ({"detail": [{"type": "int_parsing", "loc": ["path"], "msg": "no integer"}]}, "no integer"),
        ([{"type": "int_parsing", "msg": "no integer"}], "no integer"),
        ({}, ""),
        ([], ""),
        (None, ""),
        (7, ""),
        ({"request_id": "r"}, ""),
        ({"error": {"error": {"error": {"error": {"error": {"error": "deep"}}}}}}, ""),
    ],
)
def test_every_documented_shape_of_error_is_read(document: object, words: str) -> None:
    """The documented shapes (D03), and their neighbours."""
    assert error_text(json.dumps(document).encode(), str) == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", ""),
        (b"plain text", "plain text"),
        (b"<html><style>b{}</style><h1>502 Bad\nGateway</h1></html>", "an HTML page: 502 Bad Gateway"),
        (b"<html><script>alert(1)</script></html>", "an HTML page: without text"),
        (b"\xff\xfe", "��"),
        (b'{"message": "cut', '{"message": "cut'),
    ],
)
def test_f05_a_body_that_is_no_json_is_quoted_as_text(body: bytes, words: str) -> None:
    """Gateways answer with pages, or with nothing."""
    assert error_text(body, str) == words


@pytest.mark.parametrize(
    "text",
    ["\x1b[2J\x1b]52;c;x\x07", "a\r\n::error file=x::y", "\u202eevil", "\x9b31m", "zero\u200bwidth", "line\u2028break"],
)
def test_h70_h71_hostile_words_are_made_safe(text: str) -> None:
    """No escape, control, bidi or invisible character, and no second line."""
    for body in (json.dumps({"message": text}).encode(), text.encode()):
        words = error_text(body, str)
        assert words.isprintable()
        assert not words.startswith("::")


def test_h70_a_long_message_is_cut() -> None:
    """Two hundred characters, spelled-out ones counted too."""
    assert len(error_text(json.dumps({"message": "x" * 10_000}).encode(), str)) == LIMIT
    assert len(error_text(("\u202e" * 500).encode(), str)) == LIMIT


def test_h69_the_token_is_masked_before_and_after_unescaping() -> None:
    r"""`\u0063anary…` becomes the token only once the JSON is read."""
    spelled = "".join(f"\\u{ord(char):04X}" for char in TOKEN.value)
    body = f'{{"message": "{TOKEN.value} and {spelled} and x"}}'.encode()
    assert error_text(body, TOKEN.mask) == "*** and *** and x"


def test_h69_a_token_across_the_cut_is_not_shown_in_part() -> None:
    """Masked first, cut afterwards."""
    words = safe("x" * (LIMIT - 5) + TOKEN.value, TOKEN.mask)
    assert "can" not in words


def test_h67_the_query_of_a_signed_url_is_not_shown() -> None:
    """Signatures live in queries."""
    words = error_text(b'{"message": "bad https://s3.example/a.png?X-Amz-Signature=abc#f, sorry"}', str)
    assert words == "bad https://s3.example/a.png sorry"


@pytest.mark.parametrize("part", ["<", "<script", "http://", "https://a?", "&", "\\u0041", "[", "'"])
def test_h70_hostile_repetition_costs_no_time(part: str) -> None:
    """Patterns see a few thousand characters only."""
    before = time.process_time()
    error_text((part * 1_000_000)[:1_000_000].encode(), TOKEN.mask)
    assert time.process_time() - before < 0.5
