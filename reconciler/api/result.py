"""What a model drew, fetched from where it lies: from named hosts, without the token, and looked at until it is there."""

from collections.abc import Collection
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Self

import httpx

from reconciler.api.connection import NotConnected
from reconciler.api.endpoint import VERSION_PATH, Address, Endpoint, origins_of, parse_address
from reconciler.api.network import Network
from reconciler.api.picture import WHOLE_LIMIT, Missing
from reconciler.api.transport import build_http_client
from reconciler.core.value import dataclass

_HEADERS: Final = {"Accept": "*/*"}
_LATER: Final = frozenset({202, 403, 404, 408, 425, 429})
"""Statuses that a result may have which is not there yet (V04)."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """There is nothing yet, and this is what was there instead: a clause."""

    reason: str
    is_empty: bool = False


class ResultFetcher:
    """Fetches results. Use it in `async with`.

    The host of an address is compared as text with those that a person named; the endpoint itself was named, too. A client
    of its own asks, without token, cookies or redirects.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        hosts: Collection[str],
        *,
        network: Network,
        transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        own = {} if endpoint.is_bria else {endpoint.base.removesuffix(VERSION_PATH): endpoint}
        self._own = endpoint
        self._named = {origin: Endpoint(origin=origin) for host in hosts for origin in origins_of(host)} | own
        self._network = network
        self._transport = transport
        self._stack = AsyncExitStack()
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def place(self, address: str) -> Address | Missing:
        """Where a result lies, if it may be asked there."""
        for origin in self._named:
            if address.startswith(f"{origin}/") and address.isascii() and address.isprintable() and " " not in address:
                return Address(origin=origin, target=address[len(origin) :].partition("#")[0])
        found = parse_address(address)
        if found is None:
            return Missing("the API gives no address of it that could be asked")
        if found.origin in self._named:
            return found
        return Missing(f"it is at {found.host}, which nobody named: `--pictures-from {found.host}` fetches it")

    async def look(self, place: Address) -> bytes | NotYet | Missing:
        """What is there now. A look costs nothing, and may be repeated."""
        try:
            return await self._looked(place)
        except NotConnected as error:
            return Missing(str(error)) if error.is_final else NotYet(str(error))
        except httpx.HTTPError:
            return NotYet(f"{place.host} did not answer, or the connection ended early")

    async def _looked(self, place: Address) -> bytes | NotYet | Missing:
        http = await self.client(place.origin)
        request = http.build_request("GET", place.origin + place.target, headers=_HEADERS)
        response = await http.send(request, stream=True)
        try:
            status = response.status_code
            if status in _LATER or status >= 500:
                return NotYet(f"{place.host} answers {status}")
            if status != 200:
                return Missing(f"{place.host} answered {status}")
            return await _content(response, place.host)
        finally:
            await response.aclose()

    async def client(self, origin: str) -> httpx.AsyncClient:
        """What asks at the origin of a place, without the token."""
        if origin not in self._clients:
            endpoint = self._named[origin]
            transport = self._transport if endpoint is self._own else None
            client = build_http_client(endpoint, None, network=self._network, transport=transport)
            self._clients[origin] = await self._stack.enter_async_context(client)
        return self._clients[origin]


async def _content(response: httpx.Response, host: str) -> bytes | NotYet | Missing:
    if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        return Missing(f"{host} sent it packed, which was not asked for")
    found = bytearray()
    async for piece in response.aiter_raw():
        found += piece
        if len(found) > WHOLE_LIMIT:
            return Missing(f"it is larger than {WHOLE_LIMIT // 2**20} MiB")
    return bytes(found) or NotYet("an empty file is there", is_empty=True)
