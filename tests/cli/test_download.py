"""`download` as a person types it: what comes, what goes on where it broke off, what is refused, and what stays as it is."""

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.cli.entry import run
from reconciler.simulator import Simulator, SqliteStore, parse_fault, serving
from reconciler.simulator.request import Instead, Request, Response, answer
from tests.cli.conftest import Cli, edit, flat, plant
from tests.cli.test_archive import simulator, tiles

__all__ = ["simulator", "tiles"]
TOKEN = "canary-token"


class Hook:
    """Answers requests in place of the API, so many times."""

    def __init__(self, path: str, response: Response, times: int) -> None:
        self._path, self._response, self._left = path, response, times

    def before(self, request: Request) -> None:
        if self._path in request.path and self._left > 0:
            self._left -= 1
            raise Instead(self._response)

    def after(self, request: Request, response: Response) -> None:
        pass


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The account of the tree with its model, trained once for all."""
    folder = tmp_path_factory.mktemp("trained")
    plant(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        environ = {**os.environ, "RECONCILER_ENDPOINT": "simulator:world.db"}
        assert run(("apply", "--yes", "--wait", "training"), environ) == 0
    return (folder / "world.db").read_bytes()


@pytest.fixture
def trained(tree: Path, account: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tree with that account."""
    (tree / "world.db").write_bytes(account)
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tree


@contextmanager
def served(*faults: str, hook: Hook | None = None, **switches: str) -> Iterator[tuple[str, Simulator]]:
    """The account of the tree over a socket."""
    made = Simulator(
        store=SqliteStore("world.db"),
        switches={"era": "mixed", **switches},
        faults=[parse_fault(one) for one in faults],
        hooks=[hook] if hook else [],
        speed=1000,
    )
    try:
        with serving(made) as address:
            yield address, made
    finally:
        made.close()


def fetched(made: Simulator) -> list[int]:
    """How each request for a file was answered."""
    return [entry.status for entry in made.log if entry.path.startswith("/downloads/")]


def test_a_model_once(trained: Path, cli: Cli) -> None:
    """On stdout the file; a record with its digest and no address; a second run fetches nothing; the token goes nowhere."""
    with served() as (address, made):
        ran = cli("download", "lora-max", "--endpoint", address)
        assert ran.code == 0, ran.err
        again = cli("download", "model/lora-max", "--endpoint", address, "--version", "v1")
        assert (again.code, again.out, "is there already" in again.err) == (0, ran.out, True)
        assert fetched(made) == [200]
    place = trained / ran.out.strip()
    written = next(place.parent.glob("*.download.json")).read_text()
    record = json.loads(written)
    assert (record["model"], record["version"], record["base_model_name"]) == ("lora-max", 1, "BRIA-3.2")
    assert record["files"][0]["size"] == place.stat().st_size
    assert record["files"][0]["sha256"] in flat(ran.err)
    for word in (TOKEN, "signature", "http"):
        assert word not in written + ran.out + ran.err
    assert sorted(path.name for path in place.parent.iterdir()) == sorted([place.name, f"{place.stem}.download.json"])


def test_what_broke_off_goes_on(trained: Path, cli: Cli) -> None:
    """In the same run, from the byte on that is not there; the bytes are those of a run that nothing disturbs."""
    whole = (trained / cli("download", "lora-max", "--out", "whole").out.strip()).read_bytes()
    with served("GET /downloads/**#1-2:truncated") as (address, made):
        ran = cli("download", "lora-max", "--endpoint", address)
        assert ran.code == 0, ran.err
        assert fetched(made) == [200, 206, 206]
    assert "It is tried again." in ran.err
    assert "from 131 kB on" in ran.err
    assert (trained / ran.out.strip()).read_bytes() == whole


@pytest.mark.parametrize(("rule", "last"), [("honoured", 206), ("ignored", 200)])
def test_a_run_that_gave_up_goes_on_in_the_next(rule: str, last: int, trained: Path, cli: Cli) -> None:
    """After five tries it ends with what to do; the next run asks for the rest, and takes all where that is what comes."""
    with served("GET /downloads/**#*:lost_answer") as (address, _):
        nothing = cli("download", "lora-max", "--endpoint", address)
        assert (nothing.code, nothing.out) == (1, "")
        assert "given up after 5 tries" in flat(nothing.err)
    with served("GET /downloads/**#*:truncated", download_range=rule) as (address, _):
        ran = cli("download", "lora-max", "--endpoint", address)
        assert (ran.code, ran.out) == (1, "")
        assert "of it stay, and the same command goes on there" in flat(ran.err)
    with served(download_range=rule) as (address, made):
        ran = cli("download", "lora-max", "--endpoint", address)
        assert ran.code == 0, ran.err
        assert fetched(made) == [last]
    other = cli("download", "lora-max", "--out", "whole").out.strip()
    assert (trained / ran.out.strip()).read_bytes() == (trained / other).read_bytes()


def test_an_address_that_expired_is_asked_for_anew(trained: Path, cli: Cli) -> None:
    """A few times; one that never works is given up."""
    expired = Response(status=403, body=b"<Error>AccessDenied</Error>")
    with served(hook=Hook("/downloads/", expired, 1)) as (address, made):
        ran = cli("download", "lora-max", "--endpoint", address)
        assert ran.code == 0, ran.err
        assert sum(entry.path.endswith("/download") for entry in made.log) == 2
    with served(hook=Hook("/downloads/", expired, 99)) as (address, made):
        ran = cli("download", "lora-max", "--endpoint", address, "--out", "never")
        assert ran.code == 1
        assert sum(entry.path.endswith("/download") for entry in made.log) == 5
    assert "answers 403 to the address" in flat(ran.err)


def test_a_file_that_is_there_stays(trained: Path, cli: Cli) -> None:
    """Where it differs, or nothing says what it is, nothing is fetched."""
    place = trained / cli("download", "lora-max").out.strip()
    place.write_bytes(b"mine")
    ran = cli("download", "lora-max")
    assert (ran.code, place.read_bytes()) == (4, b"mine")
    assert "Move it away, or choose another --out." in ran.err
    (place.parent / f"{place.stem}.download.json").unlink()
    ran = cli("download", "lora-max")
    assert (ran.code, "no record says what it is" in flat(ran.err)) == (4, True)
    place.unlink()
    assert cli("download", "lora-max").code == 0
    assert cli("download", "lora-max", "--out", "manifests/model.yaml").code == 64


def test_a_part_that_cannot_be_written(trained: Path, cli: Cli) -> None:
    """It is said which file that is, and what to do; the same command goes on once it can be."""
    place = trained / cli("download", "lora-max").out.strip()
    part = trained / "full" / f".{place.stem}.part"
    part.mkdir(parents=True)
    ran = cli("download", "lora-max", "--out", "full")
    assert (ran.code, ran.out) == (1, "")
    assert f"{part.relative_to(trained)} cannot be written: Is a directory" in flat(ran.err)
    part.rmdir()
    assert cli("download", "lora-max", "--out", "full").code == 0


def test_what_the_api_does_not_give(trained: Path, cli: Cli) -> None:
    """A dataset of single images, a plan without downloads, a version that is none: refused, each with what it needs."""
    ran = cli("download", "lora-poses")
    assert (ran.code, "is no advanced dataset" in flat(ran.err)) == (4, True)
    with served(download_entitled="403_string") as (address, made):
        ran = cli("download", "lora-max", "--endpoint", address)
        assert (ran.code, fetched(made)) == (4, [])
    assert "Downloads are not included in your plan" in flat(ran.err)
    ran = cli("download", "lora-max", "--version", "v9")
    assert (ran.code, "`reconciler history model/lora-max` lists the versions" in flat(ran.err)) == (4, True)
    assert cli("download", "model/lora-mx").code == 64


def test_a_host_that_nobody_named(trained: Path, cli: Cli) -> None:
    """It is not asked, and the line says how to name it."""
    elsewhere = answer(200, {"download_url": "https://files.example.invalid/x?signature=canary-signature"})
    with served(hook=Hook("/download", elsewhere, 1)) as (address, _):
        ran = cli("download", "lora-max", "--endpoint", address)
    assert (ran.code, "add `--pictures-from files.example.invalid`" in flat(ran.err)) == (64, True)
    assert "canary-signature" not in ran.err


@pytest.mark.parametrize("tiles", [3], indirect=True)
def test_a_dataset_of_archives(tiles: Path, simulator: Simulator, cli: Cli) -> None:
    """Its images in one file, and its captions where all of them are automatic; the version by number or fingerprint."""
    edit(tiles / "manifests/dataset.yaml", "  captions: {source: sidecar}\n", "")
    for path in (tiles / "manifests/images").glob("*.txt"):
        path.unlink()
    assert cli("apply", "--yes").code == 0
    ran = cli("download", "dataset/lora-poses")
    images, captions = (tiles / line for line in ran.out.split())
    with zipfile.ZipFile(images) as archive:
        assert len(archive.namelist()) == 3
    assert (captions.name.endswith(".captions.json"), len(json.loads(captions.read_bytes()))) == (True, 3)
    assert cli("download", "dataset/lora-poses", "--version", "v1").out == ran.out
    assert cli("download", "dataset/lora-poses", "--version", "v2").code == 4
    captions.unlink()
    assert cli("download", "dataset/lora-poses").code == 0
    assert [entry.path.rpartition("/")[2] for entry in simulator.log if entry.path.startswith("/downloads")] == [
        "images", "captions", "captions",
    ]  # fmt: skip
