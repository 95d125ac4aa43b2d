"""`export`: an account that people made by hand as a list, and as a root that declares just that."""

import json
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from reconciler.files.export_folder import ExportFolder
from reconciler.files.part_file import PartNote
from reconciler.simulator import Simulator, SqliteStore, serving
from tests.by_hand import ByHand, Picture, drawn, notebook
from tests.cli.conftest import Cli, flat
from tests.simulator.zip_server import zip_server

TOKEN = "canary-token"


class Served:
    """The world of a notebook, served with its pictures."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "requests.jsonl"
        self.simulator = Simulator(
            store=SqliteStore(folder / "world.db"), switches={"era": "mixed"}, pictures=True, speed=1000
        )
        self.hand = ByHand(self.simulator)
        self.host = ""

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for, in their order."""
        return [json.loads(line)["path"] for line in self.log.read_text().splitlines()]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    found = Served(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    with serving(found.simulator, request_log=found.log) as address:
        found.host = address.removeprefix("http://").removesuffix("/v1")
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        yield found
    found.simulator.close()


def shown(name: str) -> str:
    return (Path("out") / name).read_text(encoding="utf-8")


def test_the_account_is_listed_in_three_calls(served: Served, cli: Cli) -> None:
    """With what people made marked as such; a project can be named by id or name."""
    notebook(served.hand)
    ran = cli("export", "--list")
    assert ran.code == 0
    assert len(served.asked) == 3
    assert 'model  "kites!" (id 40003): trained, fully_automated, fibo, by hand\n' in ran.out
    assert "2 projects, 3 datasets (3 by hand), 3 models (3 by hand)." in ran.out
    kites = json.loads(cli("export", "--list", "--project", "Kites, take 2", "--format", "json").out)
    assert [one["name"] for one in kites["projects"]] == ["Kites, take 2"]
    assert kites["projects"][0]["datasets"][0]["by_hand"] is True
    wrong = cli("export", "--list", "--project", "lora")
    assert wrong.code == 64
    assert wrong.err.startswith(
        '--project: no live project is called "lora". Live are: 1001 "BriaPhant project (Mon)", '
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "Say --list, or --out DIR."),
        (["--list", "--out", "m"], "Say --list, or --out DIR."),
        (["--list", "--images"], "--captions and --images go with --out DIR."),
        (["--out", "m", "--format", "json"], "--format goes with --list."),
        (["--out", "m", "--pictures-from", "a.example"], "--pictures-from goes with --images."),
    ],
)
def test_options_that_do_not_go_together(given: list[str], said: str, cli: Cli, tree: Path) -> None:
    ran = cli("export", *given)
    assert (ran.code, ran.err) == (64, f"{said}\n")


def test_manifests_without_images(served: Served, cli: Cli) -> None:
    """Three calls, and the captions by the names that the images have; what is there is never written over."""
    notebook(served.hand)
    ran = cli("export", "--out", "out")
    assert ran.code == 0
    assert len(served.asked) == 3
    assert "Put the files that were uploaded into the folders that the manifests name" in flat(ran.out)
    assert "`reconciler validate --root out` finds 3 problems." in ran.out
    assert shown("briaphant-project-mon/objects-r64.yaml") == (
        '# Exported from model "Objects r64" (id 40002).\n'
        '# `objects-r64` is made of "Objects r64"; files refer to it by this name.\n'
        "# `reconciler adopt model/objects-r64 40002` takes the live one for what is declared here.\n"
        "apiVersion: reconciler/v1\nkind: Model\nmetadata:\n  name: objects-r64\nspec:\n  dataset: objects-v2-final\n"
        "  training_mode: expert\n  training_version: bria-3.2\n  training:\n    checkpoint_interval: 500\n"
        "    learning_rate: 0.0001\n    lr_scheduler: constant\n    rank: 64\n    total_training_steps: 1500\n"
    )
    before = shown("kites-take-2/kites-2026-11.yaml")
    again = cli("export", "--out", "out", "--captions")
    assert again.code == 4
    assert "3 files there already, with other content; left as they are:\n" in again.out
    assert shown("kites-take-2/kites-2026-11.yaml") == before
    assert (
        'dataset/objects-v2-final: 1 file with another name than the image has ("image.png" as "image-2.png")'
        in flat(again.out)
    )
    assert "image-2.png: a mug with a handle.\n" in shown("briaphant-project-mon/objects-v2-final/captions.yaml")
    assert "kite-b.png:\n  colour: red\n" in shown("kites-take-2/kites-2026-11/captions.yaml")


def test_what_the_folder_declares_already_is_not_declared_twice(served: Served, cli: Cli) -> None:
    """A root may take in what people made since; what stands in other files there is left out, and said."""
    notebook(served.hand)
    assert cli("export", "--out", "out").code == 0
    manifests = sorted(Path("out").rglob("*.yaml"))
    for number, path in enumerate(manifests):
        path.rename(Path("out") / f"own-{number}.yaml")
    ran = cli("export", "--out", "out")
    assert ran.code == 0, ran.err
    assert "Nothing new to write." in ran.out
    assert ran.out.count("Left out: ") == len(manifests)
    assert "own-0.yaml declares " in flat(ran.out)
    assert len(list(Path("out").rglob("*.yaml"))) == len(manifests)


def test_pictures_and_captions_make_a_sound_tree(served: Served, cli: Cli) -> None:
    """A picture that is there twice is one file. No token reaches the host of the pictures."""
    notebook(served.hand)
    refused = cli("export", "--out", "out", "--images", "--captions")
    assert refused.code == 64
    assert f"add `--pictures-from {served.host}`" in refused.err
    assert not Path("out").exists()
    ran = cli("export", "--out", "out", "--images", "--captions", "--pictures-from", served.host)
    assert ran.code == 0
    assert "out: 2 projects, 3 datasets, 3 models, 17 pictures of the API.\n" in ran.out
    assert '"mug copy.png" shows the same picture as "mug.png": one file.' in flat(ran.out)
    command = shlex.split(ran.out.partition("\n  reconciler ")[2].replace("\\\n", " "))
    assert command[:7] == [
        "adopt",
        "--root",
        "out",
        "--pictures-from",
        served.host,
        "dataset/briaphant-dataset",
        "200001",
    ]
    assert cli(*command).code == 0
    assert ran.err.splitlines()[0] == "dataset/briaphant-dataset: 6 of 6 pictures"
    assert shown("briaphant-project-mon/briaphant-dataset/5.txt") == "seen from behind.\n"
    assert json.loads(shown("kites-take-2/kites-2026-11/kite-b.json")) == {"colour": "red"}
    assert not list(Path("out").rglob("mug copy*"))
    checked = cli("validate", "--root", "out")
    assert checked.code == 0
    assert "No problems: 2 projects, 3 datasets (16 images), 3 models." in checked.out
    assert TOKEN not in "".join(path.read_text(errors="replace") for path in Path("out").rglob("*") if path.is_file())


def test_an_export_goes_on_where_it_ended(served: Served, cli: Cli) -> None:
    """A picture that is gone is named; once it is back, it alone is fetched."""
    project = served.hand.project("Lora")
    pictures = [Picture(f"{name}.png", drawn(number)) for number, name in enumerate(("wave", "jump", "sit"))]
    served.hand.dataset(project, "poses", pictures)
    kept = Path("world.db.pictures")
    gone = next(path for path in kept.iterdir() if path.read_bytes() == drawn(1))
    shutil.move(gone, "aside")
    wanted = ("export", "--out", "out", "--images", "--pictures-from", served.host)
    ran = cli(*wanted)
    assert ran.code == 1
    assert 'dataset/poses: 1 picture did not come: the API\'s picture is gone (404) ("jump.png").' in flat(ran.out)
    assert "what has come does not come again" in ran.out
    shutil.move("aside", gone)
    Path("out/lora/poses/sit.png").write_bytes(b"a person's own")
    before = len(served.asked)
    again = cli(*wanted)
    assert sum(path.startswith("/pictures/") for path in served.asked[before:]) == 2
    assert again.code == 4
    assert "1 file there already, with other content; left as it is:\n  lora/poses/sit.png\n" in again.out
    assert Path("out/lora/poses/sit.png").read_bytes() == b"a person's own"
    assert Path("out/lora/poses/jump.png").exists()


def test_a_dataset_of_an_archive_is_fetched_in_one_file(served: Served, cli: Cli) -> None:
    """Once, and with captions in one file, too."""
    entries = {"wave.png": drawn(1, 1100, 1100), "jump.png": drawn(2, 1100, 1100), "sit.png": drawn(3, 1100, 1100)}
    with zip_server() as zips:
        served.hand.zipped(served.hand.project("Lora"), "many", zips.archive(entries))
    wanted = ("export", "--out", "out", "--images", "--captions", "--pictures-from", served.host)
    ran = cli(*wanted)
    assert ran.code == 0
    assert "dataset/many: 3 of 3 pictures in one file\n" in ran.err
    pictures = [path for path in served.asked if path.startswith(("/pictures/", "/downloads/"))]
    assert [path.rpartition("/")[2] for path in pictures] == ["images"]
    assert Path("out/lora/many/wave.png").read_bytes() == entries["wave.png"]
    assert "  upload_type: advanced\n" in shown("lora/many.yaml")
    assert "wave: " in shown("lora/many/captions.yaml")
    assert not list(Path("out/.export").glob("*.zip"))
    assert cli("validate", "--root", "out").code == 0
    assert cli(*wanted).code == 0
    assert len([path for path in served.asked if path.startswith("/downloads/")]) == 1


def zipped(served: Served) -> int:
    """A dataset of an archive; its id."""
    with zip_server() as zips:
        entries = {f"{name}.png": drawn(number, 1100, 1100) for number, name in enumerate(("wave", "jump", "sit"))}
        return served.hand.zipped(served.hand.project("Lora"), "many", zips.archive(entries))


def test_an_archive_goes_on_where_an_earlier_run_was_killed(served: Served, cli: Cli) -> None:
    """By the tag of the file, as `download` does; in the end nothing is left of the part."""
    id_ = zipped(served)
    wanted = ("export", "--images", "--pictures-from", served.host)
    assert cli(*wanted, "--out", "whole").code == 0
    asked = httpx.get(f"http://{served.host}/v1/datasets/{id_}/download", headers={"api_token": TOKEN})
    answer = httpx.get(asked.json()["download_url"])
    with ExportFolder(Path("out")).archive(id_) as part:
        part.restart(PartNote(suffix="zip", tag=answer.headers["etag"], size=len(answer.content)))
        part.take(answer.content[:1000])
    ran = cli(*wanted, "--out", "out")
    assert ran.code == 0, ran.err
    assert "Fetching the pictures of dataset/many from" in flat(ran.err)
    assert ", from 1 kB on." in flat(ran.err)
    assert "dataset/many: 3 of 3 pictures in one file" in ran.err
    last = [json.loads(line) for line in served.log.read_text().splitlines() if "/downloads/" in line][-1]
    assert last["status"] == 206
    for name in ("wave.png", "jump.png", "sit.png"):
        assert Path("out/lora/many", name).read_bytes() == Path("whole/lora/many", name).read_bytes()
    assert sorted(path.name for path in Path("out/.export").iterdir()) == [".gitignore", "files.jsonl"]


@pytest.mark.parametrize(
    "switch", ["download_draft=409_message", "download_layout=images_and_txt", "download_ttl_seconds=3600"]
)
def test_other_archives(switch: str, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the API offers none, pictures come one by one; texts in one do not matter. Nothing is left once all is there."""
    name, _, value = switch.partition("=")
    speed = 10_000_000 if name == "download_ttl_seconds" else 1000
    simulator = Simulator(switches={"era": "mixed", name: value}, pictures=True, speed=speed)
    hand = ByHand(simulator)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    with serving(simulator) as address, zip_server() as zips:
        dataset = hand.zipped(hand.project("Lora"), "many", zips.archive({"wave.png": drawn(1, 1100, 1100)}))
        if name == "download_draft":
            with simulator.transaction() as world:
                row = world.datasets.get(dataset)
                assert row is not None
                world.datasets.put(replace(row, status="draft"))
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        host = address.removeprefix("http://").removesuffix("/v1")
        if name == "download_ttl_seconds":
            with ExportFolder(Path("out")).archive(dataset) as part:  # of an earlier run
                part.restart(PartNote(suffix="zip", size=10**9))
                part.take(b"x")
        ran = cli("export", "--out", "out", "--images", "--pictures-from", host)
    simulator.close()
    assert ran.code == 0
    assert Path("out/lora/many/wave.png").exists()
    assert sorted(path.name for path in Path("out/.export").iterdir()) == [".gitignore", "files.jsonl"]
    assert ("in one file" in ran.err) == (name == "download_layout")
    assert ("one by one, since the file with all pictures did not come" in ran.err) == (name == "download_ttl_seconds")


def test_what_is_no_picture_and_no_caption_is_named(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of another kind in place of a picture; a text where a JSON object should be; a list that nobody can read."""
    simulator = Simulator(
        store=SqliteStore(tmp_path / "w.db"), switches={"era": "mixed", "image_url_form": "original"}, pictures=True
    )
    hand = ByHand(simulator)
    pictures = [Picture(f"{name}.png", drawn(number)) for number, name in enumerate("abcde")]
    hand.dataset(hand.project("Kites"), "kites", pictures, guide={"style": "flat"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    kept = next(path for path in Path("w.db.pictures").iterdir() if path.read_bytes() == drawn(0))
    kept.write_bytes(b"GIF89a")
    with simulator.transaction() as world:
        for image, caption in zip(world.images.all(), ("", "{}", "no json", None, None), strict=True):
            world.images.put(replace(image, caption=caption))
    Path("out/.export").mkdir(parents=True)
    Path("out/.export/files.jsonl").write_text('5\n{"a": 1}\n["1/2", "/etc/passwd", "x"]\n["cut')
    with serving(simulator) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        monkeypatch.setenv("RECONCILER_TIER", "enterprise")
        host = address.removeprefix("http://").removesuffix("/v1")
        ran = cli("export", "--out", "out", "--images", "--captions", "--pictures-from", host)
        assert ran.code == 1
        assert 'dataset/kites: 1 picture did not come: what came is no PNG, JPEG or WebP ("a.png").' in flat(ran.out)
        assert 'dataset/kites: 2 captions left out, for want of a JSON object ("b.png", "c.png").' in flat(ran.out)
        assert "source: automatic" in shown("kites/kites.yaml")
        assert Path("out/kites/kites/e.png").read_bytes() == drawn(4)
        kept.write_bytes(drawn(0))
        Path("out/kites/kites/e.png").unlink()
        again = cli("export", "--out", "out", "--images", "--captions", "--pictures-from", host)
        assert again.code == 0
        assert "2 files written, 2 files there already." in again.out
    simulator.close()


def test_ids_of_another_account_are_not_taken_for_those_of_this_one(
    served: Served, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two accounts may have the same ids, and then nothing of one passes for what the other holds."""
    served.hand.dataset(served.hand.project("Lora"), "poses", [Picture("wave.png", drawn(1))])
    assert cli("export", "--out", "out", "--images", "--pictures-from", served.host).code == 0
    before = Path("out/lora/poses/wave.png").read_bytes()
    other = Simulator(switches={"era": "mixed"}, pictures=True, speed=1000)
    ByHand(other).dataset(ByHand(other).project("Lora"), "poses", [Picture("wave.png", drawn(2))])
    with serving(other) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        host = address.removeprefix("http://").removesuffix("/v1")
        ran = cli("export", "--out", "out", "--images", "--pictures-from", host)
    other.close()
    assert ran.code == 4
    assert "with other content; left as it is:\n  lora/poses/wave.png\n" in ran.out
    assert Path("out/lora/poses/wave.png").read_bytes() == before


def test_a_dataset_that_was_renamed_gets_its_pictures_into_the_new_folder(served: Served, cli: Cli) -> None:
    dataset = served.hand.dataset(served.hand.project("Lora"), "poses", [Picture("wave.png", drawn(1))])
    wanted = ("export", "--out", "out", "--images", "--captions", "--pictures-from", served.host)
    assert cli(*wanted).code == 0
    served.hand.api.put(f"/tailored-gen/datasets/{dataset}", {"name": "scenes"})
    assert cli(*wanted).code == 0
    names = sorted(path.name for path in Path("out/lora/scenes").iterdir())
    assert names == ["wave.png", "wave.txt"]


def test_a_folder_that_cannot_be_written_is_refused(served: Served, cli: Cli) -> None:
    served.hand.project("Lora")
    Path("out").write_text("a file")
    ran = cli("export", "--out", "out")
    assert ran.code == 4
    assert "out/lora cannot be written" in flat(ran.err) or "cannot be written" in flat(ran.err)
