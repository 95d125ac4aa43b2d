import asyncio
import gzip
import shutil
import ssl
import subprocess
import tracemalloc
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.api.client import Client
from reconciler.api.endpoint import Endpoint, parse_endpoint
from reconciler.api.error import CallFailed, Lost, Redirected, Rejected, Unauthorised, UnfitAnswer, Unreachable
from reconciler.api.token import Token
from reconciler.clock import SystemClock
from tests.api.peer import CANARY, IMPATIENT, PROJECT, Behaviour, answer, client_of, peer, resets, says


def port_of(endpoint: Endpoint) -> str:
    return endpoint.origin.rpartition(":")[2]


SILENT = [
    pytest.param(resets, id="reset"),
    pytest.param(says(b""), id="closed"),
    pytest.param(says(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n" + PROJECT), id="cut"),
    pytest.param(says(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1e\r\n" + PROJECT), id="cut chunks"),
    pytest.param(says(answer(200, PROJECT)[:-3].replace(b"30", b"27")), id="length too small"),
    pytest.param(says(b"SSH-2.0-OpenSSH\r\n"), id="no HTTP"),
    pytest.param(says(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"), id="negative length"),
]
UNFIT = [
    pytest.param(b"<html><form>Please log in</form></html>", id="login page"),
    pytest.param(b"", id="empty"),
    pytest.param(b"null", id="null"),
    pytest.param(b'"text"', id="text"),
    pytest.param(b"[1, 2]", id="numbers"),
    pytest.param(b'{"id": 7}', id="no name"),
    pytest.param(b'{"id": 8, "project_name": "p"}', id="another id"),
    pytest.param(b'{"id": 7, "project_name": NaN}', id="NaN"),
    pytest.param(b'{"id": Infinity, "project_name": "p"}', id="Infinity"),
    pytest.param(b'{"id": 7, "id": 7, "project_name": "p"}', id="key twice"),
    pytest.param(b'{"id": 7, "project_name": "\\ud800"}', id="lone surrogate"),
    pytest.param(b'{"id": 7, "project_name": "p", "x": %s}' % (b"9" * 5000), id="huge number"),
    pytest.param(b'{"id": 7, "project_name": "p", "x": 1e999}', id="number beyond floats"),
    pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep"),
    pytest.param(b'{"id": 7, "project_name": "\xff"}', id="no UTF-8"),
]


@pytest.mark.parametrize("behaviour", SILENT)
async def test_f03_f04_an_answer_that_is_lost_or_cut_is_unknown_for_a_write(behaviour: Behaviour) -> None:
    """A write without a whole answer is Lost, is sent once, and its message says nothing of the token."""
    async with peer(behaviour) as (endpoint, seen), client_of(endpoint) as client:
        with pytest.raises(Lost) as caught:
            await client.create_project({"project_name": "p"})
    assert len(seen.heads) == client.calls == 1
    assert CANARY not in caught.value.message


@pytest.mark.parametrize("behaviour", SILENT)
async def test_f03_f04_a_read_without_a_whole_answer_is_unfit(behaviour: Behaviour) -> None:
    """Nothing is concluded from a part of an answer."""
    async with peer(behaviour) as (endpoint, _), client_of(endpoint) as client:
        with pytest.raises(UnfitAnswer) as caught:
            await client.get_project(7)
    assert caught.value.operation == "get-project-by-id"


@pytest.mark.parametrize("body", UNFIT)
async def test_f05_f44_h62_h66_an_unfit_200_is_a_failure(body: bytes) -> None:
    """A page, an empty body, the wrong type or trap JSON gives nothing for a read, and Lost for a create or update."""
    async with peer(says(answer(200, body))) as (endpoint, _), client_of(endpoint) as client:
        with pytest.raises(UnfitAnswer) as caught:
            await client.get_project(7)
        assert caught.value.status == 200
        assert len(caught.value.message) <= 200
        if not body.startswith(b'{"id": 8'):
            with pytest.raises(Lost):
                await client.create_project({"project_name": "p"})


async def test_f05_an_update_must_be_acknowledged_by_its_own_id() -> None:
    """An answer to a PUT about another object is Lost."""
    async with peer(says(answer(200, b'{"id": 8}'))) as (endpoint, _), client_of(endpoint) as client:
        with pytest.raises(Lost, match="another one"):
            await client.update_model(7, name="n", description="")


async def test_f44_a_page_is_no_proof_of_absence() -> None:
    """A 404 with HTML comes from something in front of the API: neither absent, nor deleted."""
    page = says(answer(404, b"<html>not here</html>"))
    async with peer(page) as (endpoint, _), client_of(endpoint) as client:
        with pytest.raises(UnfitAnswer):
            await client.get_model(7)
        with pytest.raises(Lost):
            await client.delete_image(1, 7)


async def test_f44_a_proxy_that_wants_a_login_is_no_answer() -> None:
    """407 is a failure, never an empty list."""
    async with peer(says(answer(407, b"<html>proxy</html>"))) as (endpoint, _), client_of(endpoint) as client:
        with pytest.raises(Rejected, match="an HTML page: proxy"):
            await client.list_projects()


async def test_f01_a_refused_connection_sent_nothing() -> None:
    """Nobody listens: Unreachable, for reads and for writes."""
    async with peer(says(b"")) as (endpoint, _):
        pass
    async with client_of(endpoint) as client:
        with pytest.raises(
            Unreachable, match=rf"^127\.0\.0\.1:{port_of(endpoint)} refuses the connection; `--patience` waits longer$"
        ):
            await client.list_projects()
        with pytest.raises(Unreachable):
            await client.create_project({"project_name": "p"})


async def test_f01_a_tls_failure_is_never_retried() -> None:
    """A server that speaks no TLS on an https origin: given up at once, in spite of all patience."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Plain\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    endpoint = parse_endpoint(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with client_of(endpoint, pace=replace(IMPATIENT, patience=300.0)) as client:
        with pytest.raises(Unreachable):
            await client.list_projects()
        assert client.calls == 1
    server.close()


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """What a server speaks TLS with whose certificate nobody vouches for."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    wishes = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=localhost"
    where = f"-addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}"
    subprocess.run([openssl, *wishes.split(), *where.split()], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


async def test_f01_h79_a_certificate_that_nobody_vouches_for_gets_no_token(self_signed: ssl.SSLContext) -> None:
    """The handshake ends before the request is sent, and is not tried again."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.read(1000))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=self_signed)
    endpoint = parse_endpoint(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with client_of(endpoint, pace=replace(IMPATIENT, patience=300.0)) as client:
        words = rf"certificate of 127\.0\.0\.1:{port_of(endpoint)} is not trusted \(self-signed certificate\)"
        with pytest.raises(Unreachable, match=words):
            await client.create_project({"project_name": "p"})
        assert client.calls == 1
    server.close()
    assert heads in ([], [b""])


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
async def test_f07_a_5xx_says_nothing_about_a_write(status: int) -> None:
    """A write that was answered 5xx is Lost and not repeated."""
    async with peer(says(answer(status, b"<html>gateway</html>"))) as (endpoint, seen), client_of(endpoint) as client:
        with pytest.raises(Lost) as caught:
            await client.start_training(7, {})
    assert caught.value.status == status
    assert len(seen.heads) == 1


async def test_f16_h64_a_slow_answer_meets_the_total_deadline() -> None:
    """One byte at a time keeps the read timeout away, not the deadline of the exchange."""

    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)  # noqa: TID251 - a peer on a real socket

    async with peer(trickle) as (endpoint, _), client_of(endpoint, pace=replace(IMPATIENT, deadline=0.2)) as client:
        with pytest.raises(UnfitAnswer, match="deadline of the exchange"):
            await client.list_projects()


async def test_f16_silence_meets_the_read_timeout() -> None:
    """No byte at all: the read timeout ends it."""

    async def wait(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)  # noqa: TID251 - a peer on a real socket

    async with peer(wait) as (endpoint, _), client_of(endpoint, pace=replace(IMPATIENT, read_seconds=0.1)) as client:
        with pytest.raises(UnfitAnswer, match="in time"):
            await client.list_projects()


async def test_h64_a_flood_of_interim_answers_meets_the_deadline() -> None:
    """Endless 1xx answers do not hold the client."""

    async def flood(writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 50)
            await writer.drain()

    async with peer(flood) as (endpoint, _), client_of(endpoint, pace=replace(IMPATIENT, deadline=0.2)) as client:
        with pytest.raises(UnfitAnswer):
            await client.list_projects()


async def test_h64_a_flood_of_headers_is_cut_off() -> None:
    """A hundred thousand headers are no answer."""
    head = b"HTTP/1.1 200 OK\r\n" + b"".join(b"x-%d: y\r\n" % number for number in range(100_000))
    async with peer(says(head + b"\r\n[]")) as (endpoint, _), client_of(endpoint) as client:
        with pytest.raises(UnfitAnswer):
            await client.list_projects()


async def test_h72_an_answer_with_too_many_values_is_not_read() -> None:
    """A million entries are no account; they are refused before they are built."""
    entries = b",".join([b'{"id": 1}'] * 1_000_000)
    async with peer(says(answer(200, b"[" + entries + b"]"))) as (endpoint, _), client_of(endpoint) as client:
        with pytest.raises(UnfitAnswer, match="1,000,000 values"):
            await client.list_models()


async def test_f17_an_endless_body_is_read_to_the_limit_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client stops at the limit, whatever still comes."""
    monkeypatch.setattr("reconciler.api.exchange.ANSWER_LIMIT", 2**20)

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" " * 65536)
            await writer.drain()

    async with peer(endless) as (endpoint, _), client_of(endpoint) as client:
        with pytest.raises(UnfitAnswer, match="more than 1 MiB"):
            await client.list_projects()


async def test_f17_answers_without_end_cost_the_memory_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four lists at once, packed or not: no more than one of them is read beyond a first part at a time."""
    monkeypatch.setattr("reconciler.api.exchange.ANSWER_LIMIT", 2**23)
    packer = zlib.compressobj(wbits=31)
    begin = packer.compress(b"[") + packer.flush(zlib.Z_FULL_FLUSH)
    packed = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)

    def endless(head: bytes, data: bytes) -> Behaviour:
        async def behave(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\n" + head)
            while not writer.is_closing():
                writer.write(data)
                await writer.drain()

        return behave

    plain, bomb = endless(b"\r\n[", b" " * 65536), endless(b"content-encoding: gzip\r\n\r\n" + begin, packed)
    async with peer(plain, plain, plain, bomb) as (endpoint, _), client_of(endpoint) as client:
        tracemalloc.start()
        lists = (client.list_projects(), client.list_datasets(), client.list_models(), client.list_projects())
        ended = await asyncio.gather(*lists, return_exceptions=True)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert ["more than 8 MiB" in str(one) for one in ended] == [True] * 4
    assert peak < 14 * 2**20


async def test_h63_a_packed_answer_is_unpacked_once_and_to_the_limit_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small gzip answer serves although nobody asked; a bomb, a broken, double, cut or unknown packing does not."""
    monkeypatch.setattr("reconciler.api.exchange.ANSWER_LIMIT", 2**20)
    packer = zlib.compressobj(wbits=31)
    bomb = packer.compress(bytes(2**25)) + packer.flush()
    small = gzip.compress(PROJECT)

    async def outcome(body: bytes, encoding: str) -> bool:
        async with (
            peer(says(answer(200, body, f"content-encoding: {encoding}"))) as (endpoint, _),
            client_of(endpoint) as client,
        ):
            try:
                return await client.get_project(7) is not None
            except UnfitAnswer:
                return False

    assert await outcome(small, "GZIP")
    assert await outcome(PROJECT, "identity")
    assert not await outcome(bomb, "gzip")
    assert not await outcome(b"no gzip", "gzip")
    assert not await outcome(small[:-4], "gzip")
    assert not await outcome(small + bytes(2**21), "gzip")
    assert not await outcome(gzip.compress(small), "gzip, gzip")
    assert not await outcome(PROJECT, "br")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_h61_a_redirect_is_not_followed(status: int) -> None:
    """The other server gets nothing; the message names scheme and host, no path and no query."""
    async with peer(says(answer(200, b"[]"))) as (other, elsewhere):
        place = f"location: {other.origin}/v1/x?X-Amz-Signature=secret"
        async with peer(says(answer(status, b"", place))) as (endpoint, seen), client_of(endpoint) as client:
            with pytest.raises(Redirected) as caught:
                await client.list_projects()
            with pytest.raises(Redirected):
                await client.create_project({"project_name": "p"})
    assert elsewhere.heads == []
    assert len(seen.heads) == 2
    assert "http://127.0.0.1" in caught.value.message
    assert "secret" not in caught.value.message
    assert "/v1" not in caught.value.message


@pytest.mark.parametrize("place", ["", "location: /v1/other", "location: http://[bad", "location: \x1b[2J"])
async def test_h61_h73_a_redirect_to_nowhere_is_not_quoted(place: str) -> None:
    """A Location that is no address is not repeated."""
    async with (
        peer(says(answer(302, b"", *([place] if place else [])))) as (endpoint, _),
        client_of(endpoint) as client,
    ):
        with pytest.raises(CallFailed) as caught:
            await client.list_projects()
    assert "\x1b" not in caught.value.message
    assert "other" not in caught.value.message


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b'{"detail": "Invalid token"}', "the API refused the token (401: Invalid token); check BRIA_API_TOKEN"),
        (401, b"", "the API refused the token (401); check BRIA_API_TOKEN"),
        (403, b'"quota of 1000 requests is spent"', "quota of 1000 requests is spent"),
        (403, b"", "the API refused the call (403): quota spent, or not in the plan"),
    ],
)
async def test_f12_401_and_403_end_everything_with_their_own_hint(status: int, body: bytes, words: str) -> None:
    """Reads and writes alike are Unauthorised, and sent once."""
    async with peer(says(answer(status, body))) as (endpoint, seen), client_of(endpoint) as client:
        for attempt in (client.list_models(), client.update_project(7, {"project_name": "p"})):
            with pytest.raises(Unauthorised) as caught:
                await attempt
            assert words in caught.value.message
            assert caught.value.status == status
    assert len(seen.heads) == 2


async def test_h69_an_error_that_echoes_our_request_shows_no_token() -> None:
    """The token is masked in whatever form it comes back."""
    async with (
        peer(says(answer(400, f'{{"message": "bad: api_token: {CANARY}"}}'.encode()))) as (endpoint, seen),
        client_of(endpoint) as client,
    ):
        with pytest.raises(Rejected, match=r"bad: api_token: \*\*\*") as caught:
            await client.create_project({"project_name": "p"})
    assert f"api_token: {CANARY}" in seen.heads[0]
    assert CANARY not in repr(caught.value)


async def test_h69_an_unfit_answer_that_echoes_the_token_shows_none() -> None:
    """What is wrong with an answer is told in words that may quote it: masked as well."""
    short = "canary-short"
    body = f'{{"{short}": 1, "{short}": 2}}'.encode()
    async with (
        peer(says(answer(200, body))) as (endpoint, _),
        Client(endpoint, Token(short), clock=SystemClock(), pace=IMPATIENT) as client,
    ):
        with pytest.raises(UnfitAnswer, match="unfit") as caught:
            await client.list_projects()
    assert short not in caught.value.message


async def test_h70_a_huge_error_body_is_read_in_part() -> None:
    """Ten megabytes of complaint make one short line."""
    async with peer(says(answer(409, b"x" * 10_000_000))) as (endpoint, _), client_of(endpoint) as client:
        with pytest.raises(Rejected) as caught:
            await client.start_training(7, {})
    assert len(caught.value.message) == 200


@pytest.mark.parametrize("status", [199, 600, 101])
async def test_f05_a_status_of_no_kind_is_no_answer(status: int) -> None:
    """A status outside the five hundreds of HTTP gives nothing."""
    async with peer(says(answer(status, b"[]"))) as (endpoint, _), client_of(endpoint) as client:
        with pytest.raises(UnfitAnswer):
            await client.list_projects()


async def test_h68_cookies_are_dropped() -> None:
    """What a server sets is not sent back."""
    first = says(answer(200, b"[]", "set-cookie: a=b", "refresh: 0", "content-disposition: attachment"))
    async with peer(first) as (endpoint, seen), client_of(endpoint) as client:
        await client.list_projects()
        await client.list_projects()
    assert len(seen.heads) == 2
    assert "cookie" not in seen.heads[1].lower()


async def test_the_request_head_is_what_was_agreed() -> None:
    """Path below /v1 without a trailing slash, the token in its header, identity asked for, our own name."""
    async with peer(says(answer(200, b"[]"))) as (endpoint, seen), client_of(endpoint) as client:
        await client.list_project_models(12)
    head = seen.heads[0]
    assert head.startswith("GET /v1/tailored-gen/projects/12/models?include_training_parameters=true HTTP/1.1\r\n")
    assert f"api_token: {CANARY}\r\n" in head
    assert "Accept-Encoding: identity\r\n" in head
    assert "User-Agent: reconciler/" in head
    assert "authorization" not in head.lower()
