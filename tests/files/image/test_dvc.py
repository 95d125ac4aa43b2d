"""Pointer files of DVC: one problem while their content is away, and no difference once it is here."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from reconciler.core.problem import Location, Problem
from reconciler.files.image.dvc import Pointers
from reconciler.files.load import load
from reconciler.files.tree import Tree
from reconciler.files.tree_listing import list_tree

DATASET = """\
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: poses}
spec:
  project: lora
  caption_prefix: "A girl,"
  images: {path: data/images%s}
"""
FOLDER = "outs:\n- md5: d8e8fca2dc0f896fd7cb4cb0031ba249.dir\n  size: 40\n  nfiles: 2\n  hash: md5\n  path: %s\n"
FILE = "outs:\n- md5: d8e8fca2dc0f896fd7cb4cb0031ba249\n  size: 20\n  hash: md5\n  path: %s\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m/data").mkdir(parents=True)
    (tmp_path / "m/dataset.yaml").write_text(DATASET % "")
    return tmp_path / "m"


def problems(root: Path) -> list[Problem]:
    return [one for one in load(root, cache=root.parent / "cache").problems if "images" in one.rule]


def draw(root: Path, *names: str) -> None:
    for number, name in enumerate(names):
        file = BytesIO()
        Image.new("RGB", (300, 300), (40 * number, 0, 0)).save(file, "PNG")
        path = root / "data/images" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(file.getvalue())


@pytest.mark.parametrize(
    ("pointer", "text"),
    [
        ("data/images.dvc", FOLDER % "images"),
        ("data.dvc", FOLDER % "data"),
        ("data/all.dvc", "wdir: .\n" + FOLDER % "images"),
        ("raw.dvc", "wdir: data\n" + FOLDER % "images"),
    ],
)
def test_a_folder_that_is_here_only_as_a_pointer_is_one_problem(root: Path, pointer: str, text: str) -> None:
    (root / pointer).write_text(text)
    (found,) = problems(root)
    assert (found.rule, found.is_error, str(found.location)) == ("images-dvc", True, "m/dataset.yaml:7:18")
    assert found.summary == "the images are here only as a pointer of DVC"
    assert found.detail.startswith(f"m/{pointer} stands for the folder with 2 files, whose content is not here. ")
    assert found.remedy == f"Run `dvc pull m/{pointer}`, then this again."
    draw(root, "wave.png", "jump.png")
    assert problems(root) == []


def test_images_that_are_here_only_as_pointers_are_one_problem(root: Path) -> None:
    draw(root, "sit.png")
    for name in ("wave.png", "jump.png", "deep/read.png", "tea.png"):
        path = root / "data/images" / f"{name}.dvc"
        path.parent.mkdir(exist_ok=True)
        path.write_text(FILE % Path(name).name)
    (found,) = problems(root)
    assert found.summary == "4 images are here only as pointers of DVC"
    assert found.detail.startswith('Missing: "jump.png", "tea.png", "wave.png" and more. ')
    assert found.remedy == "Run `dvc pull`, then this again."
    draw(root, "wave.png", "jump.png", "deep/read.png")
    (found,) = problems(root)
    assert found.summary == "1 image is here only as a pointer of DVC"
    assert found.remedy == "Run `dvc pull m/data/images/tea.png.dvc`, then this again."


def test_content_that_is_here_is_known_by_its_bytes(root: Path) -> None:
    draw(root, "wave.png")
    (root / "data/images/wave.png.dvc").write_text(FILE % "wave.png")
    (folder,) = load(root, cache=root.parent / "cache").folders.values()
    (image,) = folder.images
    assert image.digest == hashlib.sha256((root / "data/images/wave.png").read_bytes()).hexdigest()


def test_pointers_that_no_pattern_takes_do_not_matter(root: Path) -> None:
    (root / "dataset.yaml").write_text(DATASET % ', include: ["*.jpg", "sit.*"]')
    draw(root, "sit.png", "x.jpg")
    for name in ("wave.png.dvc", "model.bin.dvc"):
        (root / "data/images" / name).write_text(FILE % name)
    assert problems(root) == []


def test_a_pull_that_was_broken_off_is_a_warning(root: Path) -> None:
    (root / "data/images.dvc").write_text(FOLDER % "images")
    draw(root, "wave.png")
    (found,) = problems(root)
    assert (found.rule, found.is_error) == ("images-dvc-fewer", False)
    assert found.detail == "m/data/images.dvc counts 2 files, and 1 is here."


def test_a_pointer_is_read_once_however_many_folders_lie_beside_it(root: Path) -> None:
    """A dataset for each folder, with a pointer beside each, must not read every pointer for every dataset."""
    for name in ("images", "others"):
        (root / f"data/{name}.dvc").write_text(FOLDER % name)
    with Tree(root) as tree:
        pointers = Pointers(tree, list_tree(tree))
        first = pointers.missing_folder("data/images", lambda: Location("m"))
        (root / "data/others.dvc").unlink()
        second = pointers.missing_folder("data/others/deep", lambda: Location("m"))
    assert first is not None
    assert second is not None
    assert second.detail.startswith("m/data/others.dvc stands for the folder with 2 files, whose content is not here.")


@pytest.mark.parametrize(
    "text", ["", "- a\n", "outs: images\n", "outs: [{md5: a}]\n", FOLDER % "../../images", FOLDER % "/images", "a: [\n"]
)
def test_a_file_that_is_no_pointer_to_the_images_changes_nothing(root: Path, text: str) -> None:
    (root / "data/images.dvc").write_text(text)
    assert [one.rule for one in problems(root)] == ["images-folder-missing"]
