"""Results behind addresses: what is there, not there yet, or never."""

from collections.abc import Mapping

import pytest

from reconciler.api.endpoint import Address, parse_endpoint
from reconciler.api.network import DIRECT
from reconciler.api.picture import Missing
from reconciler.api.result import NotYet, ResultFetcher
from reconciler.api.transport import EmbeddedTransport, Reply
from reconciler.clock import SimulatedClock

ADDRESS = "http://simulator/results/a.png?Signature=secret"


async def look(status: int, headers: Mapping[str, str], body: bytes) -> bytes | NotYet | Missing:
    """What one look finds behind an address that answers so; and how it was asked."""
    seen: list[tuple[str, str, Mapping[str, str]]] = []

    def handle(method: str, path: str, query: str, sent: Mapping[str, str], _body: bytes) -> Reply:
        seen.append((method, f"{path}?{query}", sent))
        return status, headers, body

    transport = EmbeddedTransport(handle, clock=SimulatedClock())
    async with ResultFetcher(parse_endpoint("simulator"), [], network=DIRECT, transport=transport) as fetcher:
        place = fetcher.place(ADDRESS)
        assert isinstance(place, Address)
        found = await fetcher.look(place)
    ((method, asked, sent),) = seen
    assert (method, asked) == ("GET", "/results/a.png?Signature=secret")
    assert not {"api_token", "cookie", "authorization"} & {name.lower() for name in sent}
    return found


async def test_a_file_is_given_as_it_came() -> None:
    assert await look(200, {"content-type": "text/plain"}, b"bytes") == b"bytes"


@pytest.mark.parametrize("status", [202, 403, 404, 408, 425, 429, 500, 503])
async def test_what_may_still_come(status: int) -> None:
    """The documents do not say what an address answers before its file is there (V04)."""
    assert await look(status, {}, b"x") == NotYet(f"simulator answers {status}")


async def test_an_empty_file_may_fill() -> None:
    assert await look(200, {"content-type": "image/png"}, b"") == NotYet("an empty file is there", is_empty=True)


@pytest.mark.parametrize("status", [302, 204, 400, 410])
async def test_what_will_never_come(status: int) -> None:
    """A redirect is not followed."""
    assert await look(status, {"location": "https://evil.example/"}, b"") == Missing(f"simulator answered {status}")


async def test_a_packed_file_is_not_unpacked() -> None:
    found = await look(200, {"content-encoding": "gzip"}, b"x")
    assert found == Missing("simulator sent it packed, which was not asked for")


async def test_a_file_that_breaks_off_is_looked_at_again() -> None:
    found = await look(200, {"content-length": "100"}, b"x")
    assert isinstance(found, NotYet)


async def test_a_file_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more is read than the limit."""
    monkeypatch.setattr("reconciler.api.result.WHOLE_LIMIT", 1024 * 1024)
    assert await look(200, {}, b"x" * (1024 * 1024 + 1)) == Missing("it is larger than 1 MiB")
