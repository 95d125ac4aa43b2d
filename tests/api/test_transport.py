import logging
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from reconciler.api.client import Client
from reconciler.api.endpoint import BRIA, parse_endpoint
from reconciler.api.error import Lost, UnfitAnswer, Unreachable
from reconciler.api.network import DIRECT
from reconciler.api.token import Token
from reconciler.api.transport import (
    EmbeddedTransport,
    Loss,
    Reply,
    build_http_client,
    silence_http_log,
)
from reconciler.clock import SimulatedClock
from tests.api.peer import CANARY, IMPATIENT, PROJECT, answer, client_of, peer, says


async def test_h79_the_http_library_takes_nothing_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Proxy variables and .netrc have no effect by themselves: only what `network` read from them counts."""
    (tmp_path / ".netrc").write_text("default login a password b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    async with peer(says(answer(500))) as (proxy, asked), peer(says(answer(200, b"[]"))) as (endpoint, seen):
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.origin)
        async with client_of(endpoint) as client:
            assert await client.list_projects() == ()
    assert asked.heads == []
    assert "authorization" not in seen.heads[0].lower()


def contexts_of(client: httpx.AsyncClient) -> ssl.SSLContext:
    pool = client._transport._below._pool  # type: ignore[attr-defined]
    context = pool._ssl_context
    assert isinstance(context, ssl.SSLContext)
    return context


async def test_h79_tls_is_verified_and_its_keys_are_not_logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For the vendor's origin and for loopback alike."""
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    for text in (BRIA, "http://127.0.0.1:1"):
        async with build_http_client(parse_endpoint(text), None, network=DIRECT) as http:
            context = contexts_of(http)
            assert context.verify_mode is ssl.CERT_REQUIRED
            assert context.check_hostname
            assert context.keylog_filename is None


async def test_h81_nothing_that_is_logged_or_printed_shows_the_token(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Debug logging of the HTTP library stays silent, even if somebody turns it on; printing the client shows nothing."""
    caplog.set_level(logging.DEBUG)
    async with (
        peer(says(answer(200, PROJECT, "location: https://x/?X-Amz-Signature=s"))) as (endpoint, seen),
        client_of(endpoint) as client,
    ):
        for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
            logging.getLogger(name).disabled = False
            logging.getLogger(name).setLevel(logging.DEBUG)
        await client.get_project(7)
        http = client._http
        printed = [repr(item) for item in (client, vars(client), http, vars(http), http.headers, http._transport)]
    assert CANARY in seen.heads[0]
    assert "httpx" not in caplog.text
    assert "httpcore" not in caplog.text
    assert "X-Amz" not in caplog.text
    assert not any(CANARY in text for text in [*printed, caplog.text])
    silence_http_log()
    silence_http_log()
    assert len(logging.getLogger("httpx").filters) == 1


def embedded(
    reply: Reply | Exception, losses: Mapping[type[Exception], Loss] | None = None
) -> tuple[Client, list[tuple[str, str, str, str, str]]]:
    clock = SimulatedClock()
    seen: list[tuple[str, str, str, str, str]] = []

    def handle(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Reply:
        seen.append((method, path, query, headers["api_token"], body.decode()))
        if isinstance(reply, Exception):
            raise reply
        return reply

    transport = EmbeddedTransport(handle, clock=clock, losses=losses)
    endpoint = parse_endpoint("simulator")
    return Client(endpoint, Token(CANARY), clock=clock, pace=IMPATIENT, transport=transport), seen


async def test_an_embedded_function_sees_what_a_server_would() -> None:
    """Method, path with /v1, query, headers in lower case, the whole body."""
    client, seen = embedded((201, {"Content-Type": "application/json", "Set-Cookie": "a=b"}, PROJECT))
    async with client:
        assert (await client.create_project({"project_name": "é"})).id == 7
        assert not client._http.cookies
    assert seen == [("POST", "/v1/tailored-gen/projects", "", CANARY, '{"project_name":"é"}')]


class Dropped(Exception):
    pass


class DroppedLate(Dropped):
    pass


@pytest.mark.parametrize(("loss", "failure"), [("unsent", Unreachable), ("reset", Lost), ("silent", Lost)])
async def test_f01_f03_losses_are_what_the_network_would_make_of_them(loss: Loss, failure: type[Exception]) -> None:
    """The function's exceptions, and those derived from them, by the table that it came with."""
    client, _ = embedded(DroppedLate(), {Dropped: loss})
    async with client:
        with pytest.raises(failure):
            await client.create_project({"project_name": "p"})


async def test_an_exception_that_stands_for_no_loss_is_a_mistake() -> None:
    """It comes through as it is."""
    client, _ = embedded(KeyError("x"), {Dropped: "reset"})
    async with client:
        with pytest.raises(KeyError):
            await client.list_projects()


@pytest.mark.parametrize(("length", "fits"), [("30", True), ("31", False), ("2", True), ("x", True), ("²", True)])
async def test_f04_an_embedded_answer_shorter_than_promised_is_cut(length: str, fits: bool) -> None:
    """As on the network: more was promised than came."""
    client, _ = embedded((200, {"content-length": length}, PROJECT))
    async with client:
        if fits:
            assert await client.get_project(7)
        else:
            with pytest.raises(UnfitAnswer, match="whole answer"):
                await client.get_project(7)


async def test_an_embedded_delay_passes_by_the_clock() -> None:
    """Simulated seconds, up to the read timeout."""
    clock = SimulatedClock()
    transport = EmbeddedTransport(lambda *_: (200, {}, b"[]", 4.0), clock=clock)
    async with Client(parse_endpoint("simulator"), clock=clock, transport=transport) as client:
        await client.list_models()
        assert clock.now() == 4.0
    async with httpx.AsyncClient(transport=transport, timeout=None) as plain:
        assert (await plain.get("http://simulator/")).json() == []


class Searches:
    """A finder of modules that finds none, and notes what is looked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(self, name: str, *_: object) -> None:
        self.names.append(name)


async def test_no_call_searches_for_a_library_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The HTTP library asks for `sniffio` at each request; where it is not installed that is found out once."""
    searches = Searches()
    monkeypatch.delitem(sys.modules, "sniffio", raising=False)
    async with peer(says(answer(200, b"[]"))) as (endpoint, _), client_of(endpoint) as client:
        await client.list_projects()
        monkeypatch.setattr(sys, "meta_path", [searches, *sys.meta_path])
        await client.list_projects()
    assert "sniffio" not in searches.names
