"""Pictures from servers on this machine that do what a picture's server may do."""

import asyncio
import gzip
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.api.endpoint import Endpoint, HostRefused
from reconciler.api.network import DIRECT
from reconciler.api.picture import (
    SIZE_LIMIT,
    Missing,
    Patience,
    download_pictures,
    fetch_pictures,
    unnamed_hosts,
)
from reconciler.clock import SystemClock
from tests.api.peer import CANARY, Behaviour, answer, peer, says

SECRET = "5ec7e7"
PATH = f"/thumb/a.png?X-Amz-Signature={SECRET}"
HASTY = Patience(each=0.05)
GONE = says(answer(404, b"no such key", "connection: close"))


def shows(body: bytes, *headers: str, status: int = 200) -> Behaviour:
    """An answer, and the end of the connection."""
    return says(answer(status, body, "connection: close", *headers))


async def hangs(writer: asyncio.StreamWriter) -> None:
    """Say nothing, for ever."""
    await asyncio.Event().wait()


async def never_ends(writer: asyncio.StreamWriter) -> None:
    """A body without a length and without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


def host_of(endpoint: Endpoint) -> str:
    return endpoint.origin.removeprefix("http://")


def kept(body: bytes) -> bytes | None:
    """Every body that is not empty is a picture here."""
    return body or None


def told(found: dict[str, bytes | Missing]) -> dict[str, str]:
    """The reasons."""
    return {key: what.reason for key, what in found.items() if isinstance(what, Missing)}


async def fetch(
    addresses: dict[str, str],
    *hosts: str,
    patience: Patience | None = None,
    shrink: Callable[[bytes], bytes | None] = kept,
) -> dict[str, bytes | Missing]:
    found = await fetch_pictures(
        addresses, hosts, shrink=shrink, clock=SystemClock(), network=DIRECT, patience=patience
    )
    assert list(found) == list(addresses)
    assert all(SECRET not in reason and "thumb" not in reason for reason in told(found).values())
    return found


async def fetch_one(endpoint: Endpoint, patience: Patience | None = None) -> bytes | str:
    """What one picture came to: its bytes or the reason, with HOST for the host."""
    found = (await fetch({"a": endpoint.origin + PATH}, host_of(endpoint), patience=patience))["a"]
    return found.reason.replace(host_of(endpoint), "HOST") if isinstance(found, Missing) else found


async def test_pictures_of_a_named_host_are_fetched_and_made_small() -> None:
    """With the whole query, once each."""
    async with peer(shows(b"a picture")) as (endpoint, seen):
        addresses = {"a": endpoint.origin + PATH, "b": f"{endpoint.origin}/b.png#part"}
        found = await fetch(addresses, host_of(endpoint), shrink=lambda body: body[:1])
    assert found == {"a": b"a", "b": b"a"}
    assert sorted(head.split("\r\n")[0] for head in seen.heads) == ["GET /b.png HTTP/1.1", f"GET {PATH} HTTP/1.1"]


async def test_h67_h79_nothing_goes_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No token, cookie, password of a .netrc file or proxy; nothing is asked to be packed."""
    (tmp_path / ".netrc").write_text("default login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("BRIA_API_TOKEN", CANARY)
    async with (
        peer(GONE) as (proxy, asked),
        peer(shows(b"x", "set-cookie: session=1; path=/")) as (endpoint, seen),
    ):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.origin)
        addresses = {str(number): f"{endpoint.origin}/{number}" for number in range(6)}
        assert not told(await fetch(addresses, host_of(endpoint)))
    assert asked.heads == []
    assert len(seen.heads) == 6
    for head in seen.heads:
        names = {line.split(":")[0].lower() for line in head.split("\r\n")[1:] if line}
        assert names == {"host", "user-agent", "accept", "accept-encoding", "connection"}
        assert "accept-encoding: identity\r\n" in head.lower()
        assert CANARY not in head


async def test_h67_a_host_that_nobody_named_is_not_contacted() -> None:
    """The reason says how to name it."""
    async with peer(shows(b"x")) as (endpoint, seen), peer(shows(b"x")) as (other, _):
        port = host_of(endpoint).partition(":")[2]
        for hosts in ((), (host_of(other),), ("127.0.0.1",), (f"localhost:{port}",), (f"[::1]:{port}",)):
            host = host_of(endpoint)
            assert told(await fetch({"a": endpoint.origin + PATH}, *hosts)) == {
                "a": f"its picture is at {host}: `--pictures-from {host}` shows it"
            }
    assert seen.heads == []


async def test_pictures_in_full_size_are_handed_over_one_by_one() -> None:
    """What is larger than a thumbnail may come; of what did not come the reason is told, and the rest goes on."""
    taken: dict[str, bytes] = {}
    large = b"x" * (SIZE_LIMIT + 1)
    async with (
        peer(shows(large)) as (endpoint, seen),
        peer(GONE) as (other, _),
        peer(shows(b"x")) as (unnamed, unasked),
    ):
        addresses = {"a": endpoint.origin + PATH, "b": other.origin + PATH, "c": unnamed.origin + PATH, "d": ""}
        assert unnamed_hosts(addresses.values(), [host_of(endpoint), host_of(other)]) == (host_of(unnamed),)
        missing = await download_pictures(
            addresses,
            [host_of(endpoint), host_of(other)],
            take=taken.__setitem__,
            clock=SystemClock(),
            network=DIRECT,
            patience=Patience(),
        )
        host = host_of(unnamed)
    assert taken == {"a": large}
    assert {key: what.reason for key, what in missing.items()} == {
        "b": "the API's picture is gone (404)",
        "c": f"its picture is at {host}: `--pictures-from {host}` fetches it",
        "d": "the API gives no address of its picture that could be asked",
    }
    assert (len(seen.heads), unasked.heads) == (1, [])


async def test_h67_no_trick_in_an_address_leads_to_another_host() -> None:
    """A user name, a backslash, another scheme, another way to write the host, nothing at all."""
    async with peer(shows(b"x")) as (endpoint, seen), peer(shows(b"x")) as (other, _):
        named, here = host_of(other), host_of(endpoint)
        port = here.partition(":")[2]
        tricks = [
            f"http://{named}@{here}/",
            f"http://{named}\\@{here}/",
            f"http://127.1:{port}/",
            f"http://2130706433:{port}/",
            f"http://0x7f000001:{port}/",
            f"http://[::ffff:127.0.0.1]:{port}/",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "",
        ]
        found = await fetch(dict(zip("abcdefghij", tricks, strict=True)), named)
    assert set(told(found).values()) == {"the API gives no address of its picture that could be asked"}
    assert len(told(found)) == len(tricks)
    assert seen.heads == []


async def test_h61_a_redirect_is_not_followed() -> None:
    """Not even to a host that was named."""
    async with peer(shows(b"x")) as (target, asked):
        for location in (f"{target.origin}/a", "/b", "http://[", "https://a.test/\x01"):
            async with peer(shows(b"", f"location: {location}", status=302)) as (endpoint, seen):
                found = await fetch({"a": endpoint.origin + PATH}, host_of(endpoint), host_of(target))
                assert isinstance(found["a"], Missing)
            assert len(seen.heads) == 1
    assert asked.heads == []


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (shows(b"", "location: /b", status=302), "HOST answered with a redirect (302), which is not followed"),
        (GONE, "the API's picture is gone (404)"),
        (shows(b"<Error>", status=403), "the API's picture is gone (403)"),
        (shows(b"x", status=500), "HOST answered 500"),
        (shows(b"x", status=206), "HOST answered 206"),
        (shows(b""), "what HOST sent is no picture that can be shown"),
        (shows(b"x" * (SIZE_LIMIT + 1)), "the API's picture is larger than 2 MiB"),
        (never_ends, "the API's picture is larger than 2 MiB"),
        (
            shows(gzip.compress(bytes(50_000_000)), "content-encoding: gzip"),
            "HOST sent it packed, which was not asked for",
        ),
        (
            says(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx"),
            "the connection to HOST ended before the picture had come",
        ),
        (says(b""), "the connection to HOST ended before the picture had come"),
        (says(b"SSH-2.0-OpenSSH_9.6\r\n"), "the connection to HOST ended before the picture had come"),
    ],
)
async def test_each_way_to_have_no_picture_has_its_words(behaviour: Behaviour, reason: str) -> None:
    """In plain words, and never with the path or the query."""
    async with peer(behaviour) as (endpoint, _):
        assert await fetch_one(endpoint) == reason


async def test_a_picture_of_the_largest_size_is_taken() -> None:
    """2 MiB to the byte; `identity` is no packing."""
    body = b"x" * SIZE_LIMIT
    async with peer(shows(body, "content-encoding: Identity")) as (endpoint, _):
        assert await fetch_one(endpoint) == body


async def test_h64_a_picture_has_its_time() -> None:
    """A server that says nothing, and one that begins and says no more."""

    async def stops(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx")
        await hangs(writer)

    for behaviour in (hangs, stops):
        async with peer(behaviour) as (endpoint, _):
            assert await fetch_one(endpoint, HASTY) == "HOST did not send it in time"


async def test_h64_all_pictures_together_have_their_time() -> None:
    """Those that are under way when it ends are given up, and no others are asked for."""
    async with peer(hangs) as (endpoint, seen):
        addresses = {str(number): f"{endpoint.origin}/{number}" for number in range(6)}
        found = told(await fetch(addresses, host_of(endpoint), patience=Patience(altogether=0.05)))
    late = f"{host_of(endpoint)} did not send it in time"
    assert list(found.values()) == [late] * 4 + ["the time for fetching pictures was up"] * 2
    assert len(seen.heads) <= 4


async def test_four_are_fetched_at_once() -> None:
    """The first four answers wait for each other; no fifth request comes before one of them."""
    running, most = 0, 0
    four = asyncio.Event()

    async def meets(writer: asyncio.StreamWriter) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 4:
            four.set()
        await four.wait()
        running -= 1
        writer.write(answer(200, b"x", "connection: close"))
        await writer.drain()

    async with peer(meets) as (endpoint, _):
        addresses = {str(number): f"{endpoint.origin}/{number}" for number in range(12)}
        assert not told(await fetch(addresses, host_of(endpoint)))
    assert most == 4


async def test_one_that_fails_takes_no_other_with_it() -> None:
    """Of two hosts, too."""
    async with peer(shows(b"x")) as (first, _), peer(GONE) as (second, _):
        addresses = {"a": f"{second.origin}/a", "b": f"{first.origin}/b", "c": "https://images.example.com/c"}
        found = await fetch(addresses, host_of(first), host_of(second))
    assert found["b"] == b"x"
    assert set(told(found)) == {"a", "c"}


async def test_a_server_that_is_not_there_or_not_secure_is_not_reached() -> None:
    """A closed port; and https is never given up for http."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{bound.getsockname()[1]}"
        assert told(await fetch({"a": f"http://{host}{PATH}"}, host)) == {"a": f"{host} could not be reached"}

    heard = b""

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        heard += await reader.read(65536)
        writer.write(answer(200, b"x", "connection: close"))
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        host = "127.0.0.1:{1}".format(*server.sockets[0].getsockname())
        assert told(await fetch({"a": f"https://{host}{PATH}"}, host)) == {"a": f"{host} could not be reached"}
    assert heard
    assert b"GET" not in heard


async def test_h81_nothing_of_an_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """At any level."""
    caplog.set_level(0)
    async with peer(shows(b"x")) as (endpoint, _):
        assert await fetch_one(endpoint) == b"x"
    assert SECRET not in caplog.text
    assert "thumb" not in caplog.text


async def test_a_host_that_is_none_is_refused() -> None:
    """Before anything is sent."""
    async with peer(shows(b"x")) as (endpoint, seen):
        with pytest.raises(HostRefused):
            await fetch({"a": endpoint.origin + PATH}, host_of(endpoint), "https://images.example.com")
    assert seen.heads == []
