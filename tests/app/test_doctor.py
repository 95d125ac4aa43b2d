"""The doctor on the disk: what is decoded, what is remembered, and what is written."""

from datetime import date
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from reconciler.app import pictures
from reconciler.app.doctor import examine
from reconciler.app.exceptions import WrongUsage
from reconciler.core.kind import Kind
from reconciler.core.manifest.image import ImageFile
from reconciler.core.ref import Ref
from reconciler.doctor.finding import Diagnosis
from reconciler.files.load import load
from reconciler.files.tree import Tree
from tests.files.conftest import cache_rows

TODAY = date(2026, 6, 1)
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 12345\n"
DATASET = """\
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: NAME}
spec:
  project: lora
  caption_prefix: "An illustration of a character named Lora, a girl,"
  images: {path: NAME/}
"""
PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: lora}
spec: {ip_name: Lora, ip_description: a girl, ip_medium: illustration, ip_type: defined_character}
"""


def draw(path: Path, seed: int) -> None:
    """Bars of another width for each seed."""
    image = Image.new("RGB", (1024, 1024), (30 * seed, 200, 255 - 20 * seed))
    for left in range(0, 1024, 90 + 60 * seed):
        ImageDraw.Draw(image).rectangle((left, 100 * seed, left + 40 + 10 * seed, 900), fill=(20, 20 * seed, 20))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two datasets of two images each."""
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "manifests"
    for number, name in enumerate(("poses", "scenes")):
        draw(root / name / "a.png", 2 * number + 1)
        draw(root / name / "b.png", 2 * number + 2)
        (root / f"{name}.yaml").write_text(DATASET.replace("NAME", name))
    (root / "lora.yaml").write_text(PROJECT)
    return root


def dataset(name: str) -> Ref:
    return Ref(Kind.DATASET, name)


def looked(root: Path, *names: str) -> Diagnosis:
    return examine(root, [dataset(name) for name in names], TODAY, cache=root.parent / "cache")


def rules(diagnosis: Diagnosis) -> list[str]:
    return [finding.rule for dataset in diagnosis.datasets for finding in dataset.findings]


def test_all_datasets_are_looked_at_and_measures_are_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rules(looked(root)) == []
    monkeypatch.setattr("reconciler.app.doctor.measure_and_draw", None)
    assert [str(dataset.ref) for dataset in looked(root).datasets] == ["dataset/poses", "dataset/scenes"]


def test_only_what_is_wanted_is_decoded(root: Path) -> None:
    looked(root, "poses")
    assert len(cache_rows(root.parent / "cache", "pixels")) == 2


def test_a_softened_copy_is_found(root: Path) -> None:
    with Image.open(root / "poses" / "a.png") as image:
        image.resize((40, 40)).resize((1024, 1024)).save(root / "poses" / "c.png")
    assert set(rules(looked(root, "poses"))) == {"image-alike", "image-blurred"}


def test_pointers_and_damaged_files_are_not_opened(root: Path) -> None:
    (root / "poses" / "c.png").write_text(POINTER)
    (root / "poses" / "d.png").write_text("no image")
    found = looked(root, "poses")
    assert rules(found) == ["image-format", "images-unseen"]
    assert set(pictures.draw(root, found.datasets[0].images)) == {
        image.digest for image in found.datasets[0].images[:2]
    }


@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_file_that_is_another_one_by_now_is_not_judged(root: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Tree.open_file

    def opened(tree: Tree, path: str) -> object:
        if how == "gone":
            (root / path).unlink(missing_ok=True)
        else:
            (root / path).write_bytes((root / "scenes" / "a.png").read_bytes())
        return whole(tree, path)

    looked(root, "scenes")
    loaded = load(root)
    monkeypatch.setattr("reconciler.app.doctor.load", lambda _: loaded)
    monkeypatch.setattr(Tree, "open_file", opened)
    found = looked(root, "poses")
    assert rules(found) == []
    assert len(cache_rows(root.parent / "cache", "pixels")) == 2


def test_an_unknown_dataset_is_wrong_usage_with_a_guess(root: Path) -> None:
    with pytest.raises(WrongUsage, match=r"^No manifest declares dataset/pose\. Did you mean dataset/poses\?$"):
        looked(root, "pose")


def test_a_broken_dataset_that_is_wanted_is_told_with_its_problems(root: Path) -> None:
    (root / "poses.yaml").write_text(DATASET.replace("NAME", "poses") + "  nonsense: 1\n")
    assert [problem.rule for problem in looked(root, "poses").problems] == ["manifest-key"]


def test_pictures_are_drawn_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images: list[ImageFile] = [image for one in looked(root).datasets for image in one.images]
    drawn = pictures.draw(root, images)
    assert len(drawn) == 4
    monkeypatch.setattr("reconciler.files.image.thumbnail.thumbnail", lambda _: None)
    assert pictures.draw(root, images) == drawn


def test_a_picture_that_is_gone_is_left_out(root: Path) -> None:
    gone = ImageFile(name="x.png", path="poses/x.png", digest="cd" * 32, size=1)
    assert pictures.draw(root, [gone]) == {}
