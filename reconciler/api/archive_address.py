"""Does the address of an archive answer an anonymous reader? Asked from here, before the API is told of it.

A dataset takes one archive. An address that does not work would spend that, so what can be found out here is found out
before: whether it answers without a token, at once and without a redirect (V51), and with as many bytes as were stored.
Whether the API reaches it too is known only when it has tried.
"""

import asyncio
from typing import Final

import httpx

from reconciler.api.endpoint import parse_address, parse_endpoint
from reconciler.api.network import Network
from reconciler.api.secret_address import SecretAddress
from reconciler.api.transport import build_http_client

SECONDS: Final = 30.0
"""How long the first byte may take."""

_FIRST_BYTE: Final = {"Range": "bytes=0-0"}


async def check_address(address: SecretAddress, size: int, network: Network) -> str:
    """What is wrong with an address, as a clause that does not show it; empty if it gives `size` bytes to anybody."""
    place = parse_address(address.url)
    if place is None:
        return "is neither https nor of this machine"
    try:
        # The machine's own time, also beside a simulated clock: what answers here is no part of a simulation.
        async with asyncio.timeout(SECONDS):
            endpoint = parse_endpoint(place.origin)
            async with build_http_client(endpoint, None, network=network, read_seconds=SECONDS) as http:
                request = http.build_request("GET", place.origin + place.target, headers=_FIRST_BYTE)
                response = await http.send(request, stream=True)
                try:
                    return _judged(response, place.host, size)
                finally:
                    await response.aclose()
    except (TimeoutError, httpx.TimeoutException):
        return f"does not answer: {place.host} is silent"
    except httpx.ConnectError:
        return f"does not answer: {place.host} could not be reached"
    except httpx.HTTPError:
        return f"does not answer: the connection to {place.host} broke off"


def _judged(response: httpx.Response, host: str, size: int) -> str:
    status = response.status_code
    if 300 <= status < 400:
        return f"is redirected by {host} ({status}), which the API may not follow"
    if status not in {200, 206}:
        return f"does not let an anonymous reader in: {host} answers {status}"
    told = _size(response)
    if told is None:
        return f"does not tell how many bytes it gives ({host})"
    return "" if told == size else f"gives {told:,} bytes, and {size:,} were stored ({host})"


def _size(response: httpx.Response) -> int | None:
    """The bytes of the whole, from the answer to a part of it or to all of it."""
    text = response.headers.get("content-length", "")
    if response.status_code == 206:
        text = response.headers.get("content-range", "").rpartition("/")[2]
    return int(text) if text.isascii() and text.isdigit() else None
