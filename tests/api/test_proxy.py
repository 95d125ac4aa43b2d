"""Requests through a real CONNECT proxy to a real TLS server, with a certificate authority of the network's own."""

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.api.archive_address import check_address
from reconciler.api.client import Client
from reconciler.api.endpoint import parse_endpoint
from reconciler.api.error import Redirected, Rejected, Unreachable
from reconciler.api.network import Network, NetworkRefused, network_of
from reconciler.api.picture import Missing, fetch_pictures
from reconciler.api.secret_address import SecretAddress
from reconciler.api.token import Token
from reconciler.clock import SystemClock
from tests.api.connect_proxy import AUTHORIZATION, LOGIN, authority, certified, connect_proxy
from tests.api.peer import CANARY, IMPATIENT, PROJECT, answer, client_of, peer, says

HOST = "api.corp.example"
API = parse_endpoint(f"https://{HOST}")
ARCHIVE = SecretAddress(f"https://{HOST}/arch/x.zip?X-Amz-Signature=s")
PATIENT = replace(IMPATIENT, patience=300.0, reach=20.0)


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority().cert_pem.write_to_path(str(path))
    return path


def behind(address: str, ca_file: Path | None, *, scheme: str = "http", exempt: str = "", login: str = "") -> Network:
    """The network of somebody whose environment names this proxy."""
    proxy = f"{scheme}://{login}{'@' if login else ''}{address}"
    environ = {"HTTPS_PROXY": proxy, "NO_PROXY": exempt, "SSL_CERT_FILE": str(ca_file or "")}
    return network_of(environ)


async def test_a_call_goes_through_the_proxy_and_shows_it_the_host_alone(ca_file: Path) -> None:
    """CONNECT carries no token; what follows is encrypted, and the server gets what it always gets."""
    async with (
        peer(says(answer(200, b"[]")), tls=certified(HOST)) as (server, seen),
        connect_proxy(server.origin) as passed,
        client_of(API, network=behind(passed.address, ca_file)) as client,
    ):
        assert await client.list_projects() == ()
    assert passed.heads == [f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\nAccept: */*\r\n\r\n"]
    assert f"api_token: {CANARY}" in seen.heads[0]
    assert "Proxy" not in seen.heads[0]
    assert CANARY.encode() not in passed.sent
    assert b"tailored-gen" not in passed.sent
    assert len(passed.sent) > 300


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_password_of_a_proxy_goes_to_the_proxy_alone(ca_file: Path, scheme: str) -> None:
    """Where the proxy itself speaks TLS, it is verified by the same certificates."""
    async with (
        peer(says(answer(200, PROJECT)), tls=certified(HOST)) as (server, seen),
        connect_proxy(
            server.origin, wants_login=True, tls=certified("127.0.0.1") if scheme == "https" else None
        ) as passed,
        client_of(API, network=behind(passed.address, ca_file, scheme=scheme, login=LOGIN)) as client,
    ):
        assert await client.get_project(7) is not None
        printed = [repr(one) for one in (client, vars(client), client._http, vars(client._http))]
    assert AUTHORIZATION in passed.heads[0]
    assert "authorization" not in seen.heads[0].lower()
    assert not any("canary-pass" in text or AUTHORIZATION in text for text in printed)


@pytest.mark.parametrize(("status", "words"), [("407", "wants another user name or password"), ("403", "not allow")])
async def test_a_proxy_that_does_not_let_us_through_ends_it_at_once(ca_file: Path, status: str, words: str) -> None:
    """Nothing was sent, another try cannot help, and the words of the proxy are not repeated."""
    async with (
        peer(says(b""), tls=certified(HOST)) as (server, seen),
        connect_proxy(server.origin, refuses=f"{status} {AUTHORIZATION} canary-pass/word") as passed,
        client_of(API, network=behind(passed.address, ca_file, login=LOGIN), pace=PATIENT) as client,
    ):
        with pytest.raises(Unreachable, match=rf"HTTPS_PROXY names, does not connect to {HOST}.*{words}") as caught:
            await client.create_project({"project_name": "p"})
        assert client.calls == 1
    assert passed.address in caught.value.message
    assert "canary" not in caught.value.message
    assert "Basic" not in caught.value.message
    assert seen.heads == []


async def test_a_proxy_that_finds_no_host_is_asked_again_within_patience(ca_file: Path) -> None:
    """502, 503 and 504 may pass: nothing was sent, so a write may be tried again as well."""
    async with (
        connect_proxy("http://127.0.0.1:1", refuses="502 Bad Gateway") as passed,
        client_of(API, network=behind(passed.address, ca_file), pace=replace(PATIENT, reach=11.0)) as client,
    ):
        with pytest.raises(Unreachable, match=rf"does not connect to {HOST} \(502\)"):
            await client.create_project({"project_name": "p"})
        assert 2 <= client.calls <= 3


async def test_a_proxy_that_is_not_there_is_named(ca_file: Path) -> None:
    """The host behind it is not what is missing."""
    async with connect_proxy("http://127.0.0.1:1") as passed:
        pass
    async with client_of(API, network=behind(passed.address, ca_file, login=LOGIN)) as client:
        with pytest.raises(Unreachable) as caught:
            await client.list_projects()
    words = f"the proxy {passed.address}, which HTTPS_PROXY names, refuses the connection; `--patience` waits longer"
    assert caught.value.message == words


async def test_no_proxy_and_loopback_go_straight(ca_file: Path) -> None:
    """The same server, asked by its own address: the proxy hears nothing."""
    async with (
        peer(says(answer(200, b"[]")), tls=certified("127.0.0.1")) as (server, seen),
        connect_proxy(server.origin) as passed,
    ):
        async with client_of(server, network=behind(passed.address, ca_file)) as client:
            assert await client.list_projects() == ()
        exempt = behind(passed.address, ca_file, exempt="corp.example")
        async with client_of(parse_endpoint("https://no-such-host.corp.example"), network=exempt) as client:
            with pytest.raises(Unreachable, match=r"^no-such-host\.corp\.example (is no host|could not be looked up)"):
                await client.list_projects()
    assert passed.heads == []
    assert len(seen.heads) == 1


@pytest.mark.parametrize("through", [True, False])
async def test_a_certificate_of_an_unknown_authority_is_refused_and_says_what_to_set(through: bool) -> None:
    """Through the proxy and without one, at once and before the token is sent."""
    async with (
        peer(says(answer(200, b"[]")), tls=certified(HOST, "127.0.0.1")) as (server, seen),
        connect_proxy(server.origin) as passed,
    ):
        network = behind(passed.address, None)
        async with client_of(API if through else server, network=network, pace=PATIENT) as client:
            with pytest.raises(
                Unreachable, match=r"is not trusted \(.*\); .* name its file in SSL_CERT_FILE"
            ) as caught:
                await client.create_project({"project_name": "p"})
            assert client.calls == 1
    assert (HOST if through else server.origin.removeprefix("https://")) in caught.value.message
    assert seen.heads == []


async def test_certificates_that_are_named_take_the_place_of_the_list(tmp_path: Path) -> None:
    """And another name on the certificate is refused as ever."""
    folder = tmp_path / "folder"
    folder.mkdir()
    authority().cert_pem.write_to_path(str(folder / "corporate.crt"))
    network = network_of({"SSL_CERT_DIR": str(folder)})
    async with (
        peer(says(answer(200, b"[]")), tls=certified("127.0.0.1")) as (server, _),
        client_of(server, network=network) as client,
    ):
        assert await client.list_projects() == ()
    async with (
        peer(says(answer(200, b"[]")), tls=certified("other.example")) as (server, seen),
        client_of(server, network=network) as client,
    ):
        with pytest.raises(Unreachable, match="certificates come from SSL_CERT_DIR"):
            await client.list_projects()
    assert seen.heads == []


async def test_what_cannot_be_used_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    """A client is not even made."""
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    damaged = network_of({"SSL_CERT_FILE": str(tmp_path / "ca.pem")})
    with pytest.raises(NetworkRefused, match="a certificate in it is damaged"):
        client_of(API, network=damaged)
    with pytest.raises(NetworkRefused, match="HTTPS_PROXY names no proxy"):
        client_of(API, network=network_of({"HTTPS_PROXY": "socks5://h:1"}))


async def test_h61_a_redirect_is_not_followed_through_a_proxy_either(ca_file: Path) -> None:
    """The token stays with the origin that was named, whoever is on the way."""
    redirect = says(answer(307, b"", "location: https://elsewhere.example/v1/x"))
    async with (
        peer(redirect, tls=certified(HOST)) as (server, seen),
        connect_proxy(server.origin) as passed,
        client_of(API, network=behind(passed.address, ca_file)) as client,
    ):
        for asked in (client.list_projects(), client.create_project({"project_name": "p"})):
            with pytest.raises(Redirected, match=r"redirect to https://elsewhere\.example, which is not followed"):
                await asked
    assert len(seen.heads) == 2
    assert all(head.startswith(f"CONNECT {HOST}:443 ") for head in passed.heads)


async def test_pictures_and_archive_checks_take_the_same_way(ca_file: Path) -> None:
    """One rule for everything that is sent; none of them gets a token."""
    async with (
        peer(says(answer(200, b"picture")), tls=certified(HOST)) as (server, seen),
        connect_proxy(server.origin) as passed,
    ):
        network = behind(passed.address, ca_file)
        addresses = {"a": f"https://{HOST}/a.png"}
        found = await fetch_pictures(addresses, [HOST], shrink=lambda body: body, clock=SystemClock(), network=network)
        assert found == {"a": b"picture"}
        assert await check_address(ARCHIVE, 7, network) == ""
        gone = behind("127.0.0.1:1", ca_file)
        lost = await fetch_pictures(addresses, [HOST], shrink=lambda body: body, clock=SystemClock(), network=gone)
        assert lost == {"a": Missing(f"{HOST} could not be reached")}
        assert await check_address(ARCHIVE, 7, gone) == f"does not answer: {HOST} could not be reached"
    assert [head.split()[0] for head in passed.heads] == ["CONNECT", "CONNECT"]
    assert len(seen.heads) == 2
    assert not any("api_token" in head for head in seen.heads)


async def test_h69_an_answer_that_echoes_the_token_shows_none_behind_a_proxy(ca_file: Path) -> None:
    """A proxy that breaks TLS up may answer anything."""
    body = f'{{"message": "you sent {CANARY}"}}'.encode()
    async with (
        peer(says(answer(400, body)), tls=certified(HOST)) as (server, _),
        connect_proxy(server.origin) as passed,
        Client(
            API,
            Token(CANARY),
            clock=SystemClock(),
            pace=IMPATIENT,
            network=behind(passed.address, ca_file, login=LOGIN),
        ) as client,
    ):
        with pytest.raises(Rejected, match=r"you sent \*\*\*"):
            await client.list_projects()
