"""A dataset of more images than go one by one, from the command line to a simulator behind a real socket, by way of a folder."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.simulator import Simulator, serving
from reconciler.simulator.simulator import LogEntry
from tests.cli.conftest import MANIFESTS, Cli, edit, flat
from tests.execute.world import png

NUMBER = 210


@pytest.fixture
def tiles(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree whose dataset is advanced, with so many images and a caption for each."""
    images = tmp_path / "manifests" / "images"
    images.mkdir(parents=True)
    for name, text in MANIFESTS.items():
        (tmp_path / "manifests" / name).write_text(text)
    edit(tmp_path / "manifests" / "dataset.yaml", "spec:\n", "spec:\n  upload_type: advanced\n")
    edit(tmp_path / "manifests" / "model.yaml", "fully_automated\n  training_version: max", "expert")
    for number in range(request.param):
        (images / f"p{number:04}.png").write_bytes(png(f"picture {number}", 1030))
        (images / f"p{number:04}.txt").write_text(f"pose number {number}.\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Simulator]:
    """The API behind a socket, a thousand times as fast as time; and a folder as store."""
    made = Simulator(speed=1000)
    monkeypatch.setenv("BRIA_API_TOKEN", "anything")
    monkeypatch.setenv("RECONCILER_SETTLE", "0.1")
    monkeypatch.setenv("RECONCILER_TIER", "enterprise")
    monkeypatch.setenv("RECONCILER_ARCHIVE_STORE", f"file://{tmp_path}/store")
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    with serving(made) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        yield made


def archives(simulator: Simulator) -> list[LogEntry]:
    return [entry for entry in simulator.log if entry.path.endswith("/bulk-upload")]


@pytest.mark.parametrize("tiles", [NUMBER], indirect=True)
def test_hundreds_of_images_and_what_one_more_would_cost(tiles: Path, simulator: Simulator, cli: Cli) -> None:
    """One request, whatever the number of images; no caption costs a call; the address is told to the API alone."""
    ran = cli("apply", "--yes", "-vv")
    assert ran.code == 0, ran.out + ran.err
    assert "210 images arrived; the API counts 210 found in the archive, 210 taken" in flat(ran.out + ran.err)
    (entry,) = archives(simulator)
    assert entry.status == 202
    assert isinstance(entry.body, dict)
    address = str(entry.body["zip_url"])
    assert len(simulator.log) < 60
    with simulator.transaction() as world:
        (dataset,) = world.datasets.all()
        captions = {image.caption for image in world.images.of(dataset.id)}
    assert captions == {f"pose number {number}." for number in range(NUMBER)}
    assert "In sync" in cli("plan").out

    (tiles / "manifests" / "images" / "p0000.txt").write_text("pose number nothing.\n")
    (tiles / "manifests" / "images" / "more.png").write_bytes(png("one more", 1030))
    (tiles / "manifests" / "images" / "more.txt").write_text("one more.\n")
    out = flat(cli("plan", "--out", "plan.json").out)
    assert "so the next version is a new dataset, and 211 images are sent again" in out
    assert "211 images," in out
    assert "211 from git in the archive" in out

    strays = cli("status", "--strays")
    assert "Archives in file://" in strays.out
    assert len(json.loads(cli("status", "--strays", "--format", "json").out)["archives"]) == 1

    secret = address.rpartition("/")[2].removesuffix(".zip")
    written = [path for path in tiles.rglob("*") if path.is_file() and path.suffix not in {".png", ".zip"}]
    assert any(path.name == "journal.jsonl" for path in written)
    for text in (ran.out, ran.err, strays.out, *(path.read_text() for path in written)):
        assert secret not in text


@pytest.mark.parametrize("tiles", [12], indirect=True)
def test_without_a_store_the_plan_says_so_and_apply_refuses(
    tiles: Path, simulator: Simulator, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RECONCILER_ARCHIVE_STORE")
    assert "apply refuses this where no store for archives is named" in flat(cli("plan").out)
    ran = cli("apply", "--yes")
    assert ran.code == 4
    assert "No store for archives is named, and this plan needs one (dataset/lora-poses)" in flat(ran.out)
    assert not [entry for entry in simulator.log if entry.committed]
    assert cli("plan", "--out", "plan.json").code == 0
    assert cli("apply", "plan.json").code == 4
    assert cli("apply", "plan.json", "--archive-store", f"file://{tiles}/named").code == 0
    assert list((tiles / "named").rglob("*.zip"))


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        (
            "--archive-store",
            "brand-archives",
            "--archive-store: it begins with none of s3://, gs://, az:// and file://.",
        ),
        ("--archive-store", "s3://", "--archive-store: it names no bucket."),
        ("--archive-store", "s3://k:s@bucket/x", "credentials belong into the environment."),
        ("--archive-expiry", "8d", '--archive-expiry: "8d" is no time from 5m to 7d, such as 90m, 24h or 2d.'),
        ("--archive-expiry", "soon", '--archive-expiry: "soon" is no time from 5m to 7d, such as 90m, 24h or 2d.'),
        ("--archive-expiry", "1m", '--archive-expiry: "1m" is no time from 5m to 7d, such as 90m, 24h or 2d.'),
    ],
)
def test_a_store_that_is_none_is_wrong_usage(tree: Path, cli: Cli, flag: str, value: str, said: str) -> None:
    ran = cli("plan", flag, value)
    assert ran.code == 64
    assert said in flat(ran.err)
