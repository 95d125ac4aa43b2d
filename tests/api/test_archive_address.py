"""The address of an archive: kept out of everything that is read, and tried before it is given away."""

import json
from urllib.parse import quote

import pytest

from reconciler.api.archive_address import check_address
from reconciler.api.network import DIRECT
from reconciler.api.secret_address import SecretAddress
from tests.api.peer import Behaviour, answer, peer, resets, says

PATH = "/reconciler-archives/0123.zip"
SIGNATURE = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
SIGNED = f"https://bucket.example.com{PATH}?X-Amz-Credential=AKIA%2F20261128%2Fs3&X-Amz-Expires=86400&X-Amz-Signature={SIGNATURE}"
SERVED = "http://127.0.0.1:41234/p5kXo0n1l2RzQk4sM7v9w8y3b6d5f4h2j1aTqWeR0uI.zip"


@pytest.mark.parametrize("url", [SIGNED, SERVED])
@pytest.mark.parametrize(
    "told",
    [
        "cannot read {url}",
        'zip_url: "{url}" is no zip',
        "{url}",
        "cannot read {cut} and more",
        "the query {query} is wrong",
        "{quoted}",
        "{escaped}",
    ],
)
def test_an_answer_that_repeats_an_address_loses_it(url: str, told: str) -> None:
    """Whole, cut, escaped, or only the part that is secret."""
    secret = url.partition("?")[2] or url.rpartition("/")[2]
    escaped = json.dumps(url).replace("/", "\\/")
    text = told.format(url=url, cut=url[:90], query=secret, quoted=quote(url, safe=""), escaped=escaped)
    masked = SecretAddress(url).mask(text)
    assert "***" in masked
    for part in (SIGNATURE, "p5kXo0n1l2RzQk4sM7v9w8y3b6d5f4h2j1aTqWeR0uI", "AKIA"):
        assert part not in masked
        assert part[:20] not in masked or part == "AKIA"


def test_an_address_has_no_printed_form() -> None:
    address = SecretAddress(SIGNED)
    assert address.url == SIGNED
    assert repr(address) == str(address) == f"{address!s}" == "SecretAddress(***)"


def test_words_of_no_secret_stay() -> None:
    text = "the archive of bucket.example.com holds no image: 86400 seconds"
    assert SecretAddress(SIGNED).mask(text) == text


PART = answer(206, b"P", "content-range: bytes 0-0/1234")
WHOLE = answer(200, b"x" * 1234)


@pytest.mark.parametrize(
    ("behaviour", "size", "wrong"),
    [
        (says(PART), 1234, ""),
        (says(WHOLE), 1234, ""),
        (says(PART), 1235, "gives 1,234 bytes, and 1,235 were stored"),
        (says(WHOLE), 9, "gives 1,234 bytes, and 9 were stored"),
        (says(answer(206, b"P")), 1234, "does not tell how many bytes it gives"),
        (says(answer(403, b"<Error/>")), 1234, "does not let an anonymous reader in"),
        (says(answer(404)), 1234, "does not let an anonymous reader in"),
        (says(answer(302, b"", "location: http://127.0.0.1:1/elsewhere")), 1234, "is redirected by"),
        (says(b"nonsense\r\n\r\n"), 1234, "does not answer: the connection to"),
        (resets, 1234, "does not answer: the connection to"),
    ],
)
async def test_an_address_is_tried_from_here(behaviour: Behaviour, size: int, wrong: str) -> None:
    """Without a token, without a redirect, and with as many bytes as were stored."""
    async with peer(behaviour) as (endpoint, seen):
        reason = await check_address(SecretAddress(f"{endpoint.origin}{PATH}?signature={SIGNATURE}"), size, DIRECT)
    assert reason.startswith(wrong) if wrong else not reason
    assert SIGNATURE not in reason
    assert PATH not in reason
    (head,) = seen.heads
    assert head.startswith(f"GET {PATH}?signature={SIGNATURE} HTTP/1.1\r\n")
    assert "range: bytes=0-0" in head.lower()
    assert "api_token" not in head.lower()


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("http://127.0.0.1:1/a.zip", "does not answer: 127.0.0.1:1 could not be reached"),
        ("http://minio.example.com/a.zip?x=1", "is neither https nor of this machine"),
        ("ftp://127.0.0.1/a.zip", "is neither https nor of this machine"),
    ],
)
async def test_an_address_that_cannot_be_asked(url: str, wrong: str) -> None:
    assert await check_address(SecretAddress(url), 1, DIRECT) == wrong
