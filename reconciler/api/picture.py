"""Pictures of which the API only gives addresses, fetched from hosts that a person named, within limits."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import Final

import httpx

from reconciler.api.endpoint import Address, origins_of, parse_address, parse_endpoint
from reconciler.api.network import Network
from reconciler.api.transport import build_http_client
from reconciler.clock import Clock, deadline
from reconciler.core.value import dataclass

SIZE_LIMIT: Final = 2 * 1024 * 1024
"""Bytes of a picture. No more are read; a thumbnail is far smaller."""

WHOLE_LIMIT: Final = 64 * 1024 * 1024
"""Bytes of a picture in its full size. The API takes files of about 12 MB."""

AT_ONCE: Final = 4
"""Pictures that are fetched at the same time."""

Shrink = Callable[[bytes], bytes | None]
"""Makes a small picture of an answer's bytes; None if they hold none. Called in a thread, and must not raise."""

Take = Callable[[str, bytes], None]
"""Keeps the bytes at a key. Called in a thread; OSError where they cannot be kept, which ends the whole run."""

_HEADERS: Final = {"Accept": "image/webp, image/png, image/jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds that one picture may take, and seconds after which no further picture is asked for."""

    each: float = 10.0
    altogether: float = 60.0


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no picture: a clause to print in its place. Nothing in it is foreign text but a host."""

    reason: str


async def fetch_pictures(
    addresses: Mapping[str, str],
    hosts: Collection[str],
    *,
    shrink: Shrink,
    clock: Clock,
    network: Network,
    patience: Patience | None = None,
) -> dict[str, bytes | Missing]:
    """The small picture at each address, or why there is none, by the same keys. HostRefused for a text that is no host.

    The host of an address is compared as text with the hosts that the person named, and the request is built from the
    text that was compared. So only named hosts are contacted. No address can lead to a private host (by a user name, a
    redirect, another way to write it) unless the person named that host. What address a named host resolves to is not
    checked. No token, cookie or password is sent, no redirect is followed, nothing is unpacked. A proxy that the
    environment names is used as for every request.
    """
    use = _Use(make=lambda _, body: shrink(body), limit=SIZE_LIMIT, verb="shows")
    return await _fetch(addresses, hosts, use, clock=clock, network=network, patience=patience or Patience())


def unnamed_hosts(addresses: Iterable[str], hosts: Collection[str]) -> tuple[str, ...]:
    """Hosts of these addresses that the person did not name, sorted; texts that are no address have none."""
    named = frozenset(origin for host in hosts for origin in origins_of(host))
    found = (parse_address(text) for text in addresses)
    return tuple(sorted({one.host for one in found if one is not None and one.origin not in named}))


async def download_pictures(
    addresses: Mapping[str, str],
    hosts: Collection[str],
    *,
    take: Take,
    clock: Clock,
    network: Network,
    patience: Patience,
) -> dict[str, Missing]:
    """Hand over what is at each address, in its full size, one at a time; why some did not come, by the same keys.

    The same rules as for `fetch_pictures` say who is asked and what is sent.
    """

    def keep(key: str, body: bytes) -> bytes:
        take(key, body)
        return b""

    use = _Use(make=keep, limit=WHOLE_LIMIT, verb="fetches")
    found = await _fetch(addresses, hosts, use, clock=clock, network=network, patience=patience)
    return {key: what for key, what in found.items() if isinstance(what, Missing)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """What becomes of the bytes at a key, how many there may be, and how a sentence calls that."""

    make: Callable[[str, bytes], bytes | None]
    limit: int
    verb: str


async def _fetch(
    addresses: Mapping[str, str],
    hosts: Collection[str],
    use: _Use,
    *,
    clock: Clock,
    network: Network,
    patience: Patience,
) -> dict[str, bytes | Missing]:
    named = frozenset(origin for host in hosts for origin in origins_of(host))
    places = {key: _place(text, named, use.verb) for key, text in addresses.items()}
    async with AsyncExitStack() as stack:
        clients = {
            origin: await stack.enter_async_context(_client(origin, network, patience))
            for origin in sorted({place.origin for place in places.values() if isinstance(place, Address)})
        }
        fetcher = _Fetcher(clients, use, clock, patience)
        found = await asyncio.gather(*(fetcher.picture(key, place) for key, place in places.items()))
    return dict(zip(places, found, strict=True))


def _place(text: str, named: Collection[str], verb: str) -> Address | Missing:
    """The address to fetch from, if the person named its host."""
    address = parse_address(text)
    if address is None:
        return Missing("the API gives no address of its picture that could be asked")
    if address.origin not in named:
        return Missing(f"its picture is at {address.host}: `--pictures-from {address.host}` {verb} it")
    return address


def _client(origin: str, network: Network, patience: Patience) -> httpx.AsyncClient:
    """A client as strict as the one for the API, without a token."""
    endpoint = parse_endpoint(origin)
    return build_http_client(endpoint, None, network=network, read_seconds=patience.each, connections=AT_ONCE)


class _Fetcher:
    """Fetches pictures, a few at the same time, until the time is up."""

    def __init__(self, clients: Mapping[str, httpx.AsyncClient], use: _Use, clock: Clock, patience: Patience) -> None:
        self._clients = clients
        self._use = use
        self._clock = clock
        self._patience = patience
        self._end = clock.now() + patience.altogether
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def picture(self, key: str, place: Address | Missing) -> bytes | Missing:
        """The picture, used at once, so that only a few are held in memory at full size."""
        if isinstance(place, Missing):
            return place
        async with self._slots:
            body = await self._body(place)
            if isinstance(body, Missing):
                return body
            made = await asyncio.to_thread(self._use.make, key, body)
        return Missing(f"what {place.host} sent is no picture that can be shown") if made is None else made

    async def _body(self, place: Address) -> bytes | Missing:
        """The bytes of the answer, or why there are none."""
        left = min(self._patience.each, self._end - self._clock.now())
        if left <= 0:
            return Missing("the time for fetching pictures was up")
        try:
            async with deadline(self._clock, left):
                return await self._fetched(place)
        except (TimeoutError, httpx.TimeoutException):
            return Missing(f"{place.host} did not send it in time")
        except httpx.ConnectError:
            return Missing(f"{place.host} could not be reached")
        except httpx.HTTPError:
            return Missing(f"the connection to {place.host} ended before the picture had come")

    async def _fetched(self, place: Address) -> bytes | Missing:
        http = self._clients[place.origin]
        request = http.build_request("GET", place.origin + place.target, headers=_HEADERS)
        response = await http.send(request, stream=True)
        try:
            return _refusal(response, place.host) or await _content(response, self._use.limit)
        finally:
            await response.aclose()


def _refusal(response: httpx.Response, host: str) -> Missing | None:
    """Why an answer is not read; None if it is."""
    status = response.status_code
    if 300 <= status < 400:
        return Missing(f"{host} answered with a redirect ({status}), which is not followed")
    if status in {403, 404, 410}:
        return Missing(f"the API's picture is gone ({status})")
    if status != 200:
        return Missing(f"{host} answered {status}")
    if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        return Missing(f"{host} sent it packed, which was not asked for")
    return None


async def _content(response: httpx.Response, limit: int) -> bytes | Missing:
    found = bytearray()
    async for piece in response.aiter_raw():
        found += piece
        if len(found) > limit:
            return Missing(f"the API's picture is larger than {limit // 2**20} MiB")
    return bytes(found)
