"""`download` as a person types it: what comes, what goes on where it broke off, what is refused, and what stays as it is."""

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from reconciler.cli.entry import run
from reconciler.files.part_file import PartFile
from reconciler.simulator import Simulator, SqliteStore, console, parse_fault, serving
from reconciler.simulator.request import Instead, Request, Response, answer
from tests.cli.conftest import Cli, account, edit, flat, plant
from tests.cli.test_archive import simulator, tiles

__all__ = ["simulator", "tiles"]
TOKEN = "canary-token"


class Hook:
    """Answers requests in place of the API, so many times; or does something else when one comes."""

    def __init__(
        self, path: str, response: Response | None, times: int, act: Callable[[], object] | None = None
    ) -> None:
        self._path, self._response, self._left, self._act = path, response, times, act

    def before(self, request: Request) -> None:
        if self._path not in request.path or self._left == 0:
            return
        self._left -= 1
        if self._act is not None:
            self._act()
        if self._response is not None:
            raise Instead(self._response)

    def after(self, request: Request, response: Response) -> None:
        pass


@pytest.fixture(scope="module")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The account of the tree with its model, trained once for all."""
    folder = tmp_path_factory.mktemp("trained")
    plant(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        environ = {**os.environ, "RECONCILER_ENDPOINT": "simulator:world.db"}
        assert run(("apply", "--yes", "--wait", "training"), environ) == 0
    return (folder / "world.db").read_bytes()


@pytest.fixture
def trained(tree: Path, trained_once: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tree with that account."""
    (tree / "world.db").write_bytes(trained_once)
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


def test_what_the_api_says_only_when_it_is_asked(trained: Path, cli: Cli) -> None:
    """A token that is none, a model that is none, no address that could be asked, a redirect to another place."""
    redirect = Response(status=302, headers={"location": "http://127.0.0.1:1/"})
    for path, reply, code, words in (
        ("/download", answer(401, {"message": "no"}), 1, "download-tailored-model"),
        ("/download", answer(404, {"message": "Not here"}), 1, "Not here"),
        ("/download", answer(200, {"download_url": "/x"}), 1, "no address of it that could be asked"),
        ("/downloads/", redirect, 1, "a redirect, which is not followed"),
    ):
        with served(hook=Hook(path, reply, 1)) as (address, _):
            ran = cli("download", "lora-max", "--endpoint", address)
        assert (ran.code, words in flat(ran.err)) == (code, True), ran.err


def test_two_runs_and_a_file_that_comes_into_being(trained: Path, cli: Cli) -> None:
    """Of two runs one fetches; a file that somebody writes meanwhile stays, and the same one will do."""
    place = trained / cli("download", "lora-max").out.strip()
    other = trained / "other" / place.name
    other.parent.mkdir()
    with PartFile(other.parent, other.stem):
        ran = cli("download", "lora-max", "--out", "other")
    assert (ran.code, "another run is fetching it" in ran.err) == (1, True)
    for data, code in ((b"mine", 4), (place.read_bytes(), 0)):
        for path in other.parent.iterdir():
            path.unlink()
        with served(hook=Hook("/downloads/", None, 1, partial(other.write_bytes, data))) as (address, _):
            ran = cli("download", "lora-max", "--out", "other", "--endpoint", address)
        assert (ran.code, other.read_bytes()) == (code, data), ran.err
        assert not list(other.parent.glob(".*"))


def test_a_run_that_was_killed_before_the_file_had_its_name(trained: Path, cli: Cli) -> None:
    """All of it came, so nothing is fetched again; the same where the record is there already."""
    place = trained / cli("download", "lora-max").out.strip()
    record, data = place.parent / f"{place.stem}.download.json", place.read_bytes()
    for _ in range(2):
        place.unlink()
        (place.parent / f".{place.stem}.part").write_bytes(data)
        note = {"suffix": "safetensors", "tag": '"x"', "size": len(data)}
        (place.parent / f".{place.stem}.part.json").write_text(json.dumps(note))
        with served() as (address, made):
            assert cli("download", "lora-max", "--endpoint", address).code == 0
            assert (fetched(made), place.read_bytes()) == ([], data)
        assert record.is_file()
        record.unlink()


def test_a_draft_still_changes(trained: Path, cli: Cli) -> None:
    """So none is fetched, by its number neither."""
    with account(trained / "world.db") as made:
        console.edit_dataset(made, 200001, status="draft")
    assert "no version of dataset/lora-poses is complete yet" in flat(cli("download", "lora-poses").err).lower()
    ran = cli("download", "lora-poses", "--version", "v1")
    assert (ran.code, "is a draft" in flat(ran.err)) == (4, True)


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
