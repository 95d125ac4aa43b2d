"""`init`: a world to try things in, with images from anywhere on the machine."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import get_args

import pytest

from reconciler.cli.command.init import _EXAMPLE, _MEDIUMS, _TYPES
from reconciler.core.manifest.spec import IpMedium, IpType
from tests.cli.conftest import Cli, draw, flat, git


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a folder of drawings, each with a caption beside it."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    drawings(tmp_path / "drawings")
    return tmp_path


def drawings(place: Path) -> None:
    place.mkdir(parents=True)
    for number in range(5):
        draw(place / f"p{number}.png", (number * 40, 90, 200))
        (place / f"p{number}.txt").write_text(f"in pose {number}.\n")


def test_the_choices_are_those_of_manifests() -> None:
    assert get_args(IpType) == _TYPES
    assert set(get_args(IpMedium)) == set(_MEDIUMS)


def test_a_first_world_takes_an_apply_and_is_then_in_sync(folder: Path, cli: Cli) -> None:
    """From images anywhere to a live dataset, without a token and without an edit."""
    made = cli("init", "--name", "Mira", "--description", "a girl with green boots", "--from", "drawings")
    assert made.code == 0
    assert "Copied 10 files to manifests/mira-poses/images" in made.out
    assert "5 images in manifests/mira-poses/images, captions beside them." in made.out
    assert "  source: sidecar" in (folder / "manifests/mira-poses.yaml").read_text()
    assert (folder / ".gitignore").read_text().endswith(".reconciler/\n")
    assert cli("validate").out.startswith("No problems")
    assert cli("apply", "--yes").code == 0
    assert cli("plan").out.startswith("In sync: 1 project, 1 dataset (5 images), 1 model.")
    git("add", "--all")
    assert not [name for name in tracked(folder) if ".reconciler" in name]


def tracked(folder: Path) -> list[str]:
    return subprocess.run(["git", "ls-files"], cwd=folder, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--name", "Mira", "--description", "a girl", "--from", "drawings"),
        ("--ci", "github", "--from", "drawings"),
        ("--ci", "gitlab", "--root", "shoes", "--name", "Shoes", "--type", "other"),
        ("--root", "drawings", "--name", "Mira", "--description", "a girl"),
    ],
)
def test_a_diff_shows_each_new_file_and_writes_nothing(folder: Path, cli: Cli, options: tuple[str, ...]) -> None:
    """What init writes afterwards is what was shown; a file that is there is in neither."""
    Path("drawings/reconciler.yaml").write_text("tier: pro\n")

    def files() -> dict[str, bytes]:
        paths = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
        return {str(path.relative_to(folder)): path.read_bytes() for path in paths}

    before = files()
    shown = cli("init", *options, "--diff")
    assert shown.code == 0, shown.err
    assert files() == before
    assert cli("init", *options).code == 0
    new = {path: data for path, data in files().items() if path not in before}
    written = {path: data for path, data in new.items() if not path.endswith((".png", ".txt"))}
    assert re.findall(r"^\+\+\+ (.*)$", shown.out, re.MULTILINE) == sorted(written, key=shown.out.index)
    for data in written.values():
        assert "".join(f"+{line}\n" for line in data.decode().splitlines()) in shown.out
    copies = len(new) - len(written)
    copied = f", and {copies} files copied to manifests/" if copies else ""
    assert f"{len(written)} files would be written{copied}" in flat(shown.err)


def test_a_root_with_manifests_gets_no_sample_beside_them(folder: Path, cli: Cli) -> None:
    """`init --ci` in a root that is there already writes the files of CI alone; a named brand is added."""
    assert cli("init", "--name", "Mira").code == 0
    before = sorted(folder.rglob("*.yaml"))
    again = cli("init")
    assert (again.code, again.out) == (0, "")
    assert "manifests holds manifests already, so nothing was written" in again.err
    shown = cli("init", "--ci", "gitlab", "--diff")
    assert "lora" not in shown.out
    assert sorted(folder.rglob("*.yaml")) == before
    ran = cli("init", "--ci", "github")
    assert ran.code == 0, ran.err
    assert "Wrote .github/workflows/reconciler.yml\n" in ran.out
    assert "Remove the line `endpoint:` from manifests/reconciler.yaml" in ran.out
    assert sorted(folder.rglob("*.yaml")) == before
    assert cli("init", "--name", "Kite").code == 0
    assert (folder / "manifests/kite.yaml").exists()


def test_the_examples_of_its_help_work(folder: Path, cli: Cli) -> None:
    drawings(folder / "photos")
    assert all(line in cli("init", "--help").out for line in _EXAMPLE.splitlines())
    for line in _EXAMPLE.splitlines():
        assert cli(*shlex.split(line)[1:]).code == 0
        root = re.search(r"--root (\S+)", line)
        assert cli("validate", *(root[0].split() if root else ())).code == (3 if line == "reconciler init" else 0)
        shutil.rmtree(folder / (root[1] if root else "manifests"))


@pytest.mark.parametrize(
    ("name", "text", "source"),
    [
        ("captions.yaml", "p0: x.\n", "file"),
        ("metadata.jsonl", json.dumps({"file_name": "p0.png", "text": "x."}), "file"),
        ("metadata.csv", "file_name,caption\np0.png,x.\n", "file"),
        (None, "", "automatic"),
    ],
)
def test_the_source_of_the_captions_is_looked_for(
    folder: Path, cli: Cli, name: str | None, text: str, source: str
) -> None:
    for sidecar in (folder / "drawings").glob("*.txt"):
        sidecar.unlink()
    if name is not None:
        (folder / "drawings" / name).write_text(text)
    assert cli("init", "--type", "other", "--name", "X", "--from", "drawings").code == 0
    assert f"source: {source} " in (folder / "manifests/x-images.yaml").read_text()
    assert cli("validate").code == 0


def test_images_that_lie_below_the_root_stay_where_they_are(folder: Path, cli: Cli) -> None:
    (folder / "manifests").mkdir()
    (folder / "drawings").rename(folder / "manifests/drawings")
    said = cli("init", "--from", "manifests/drawings", "--name", "Mira").out
    assert "copied" not in said
    assert "path: drawings " in (folder / "manifests/mira-poses.yaml").read_text()
    assert "Say what Mira looks like: `ip_description`, in manifests/mira.yaml." in said
    assert cli("validate").code == 0


def test_images_that_are_there_already_are_found_without_being_named(folder: Path, cli: Cli) -> None:
    (folder / "manifests/lora-poses").mkdir(parents=True)
    (folder / "drawings").rename(folder / "manifests/lora-poses/images")
    assert "5 images in manifests/lora-poses/images, captions beside them." in cli("init").out
    assert not (folder / "manifests/lora-poses/images/README.md").exists()


def test_a_copy_writes_over_nothing_and_follows_no_link(folder: Path, cli: Cli) -> None:
    mine = folder / "manifests/mira-poses/images"
    mine.mkdir(parents=True)
    (mine / "p0.txt").write_text("mine.")
    (folder / "drawings/secret.png").symlink_to("/etc/passwd")
    (folder / "drawings/.hidden.png").write_text("")
    (folder / "drawings/notes.md").write_text("no caption")
    said = cli("init", "--name", "Mira", "--from", "drawings").out
    assert "Copied 9 files to manifests/mira-poses/images; 1 file of that name stayed as it is" in flat(said)
    assert (mine / "p0.txt").read_text() == "mine."
    assert not (mine / "secret.png").exists()
    assert not (mine / "notes.md").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "nowhere"], '--from: "nowhere" is no folder.'),
        (["--from", "empty"], '--from: "empty" holds no PNG, JPEG or WebP, nor does a folder in it.'),
        (["--type", "icons", "--medium", "photography"], "--type icons is for illustrations only"),
        (["--name", "a\x1b[2J"], "--name: "),
        (["--description", "[x]"], "--description: "),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_written(
    folder: Path, cli: Cli, arguments: list[str], said: str
) -> None:
    (folder / "empty").mkdir()
    ran = cli("init", *arguments)
    assert ran.code == 64
    assert said in ran.err
    assert "\x1b" not in ran.err
    assert not (folder / "manifests").exists()
    assert not (folder / ".gitignore").exists()


def test_a_root_that_is_the_whole_repository_has_its_account_in_memory(folder: Path, cli: Cli) -> None:
    """The file would lie outside of it."""
    assert cli("init", "--root", ".", "--from", "drawings").code == 0
    assert "\nendpoint: simulator\n" in (folder / "reconciler.yaml").read_text()
    assert cli("validate", "--root", ".").code == 0
    assert not (folder / ".gitignore").exists()
