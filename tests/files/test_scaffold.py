"""The first manifests: sound as far as they can be, and nothing that exists is touched."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from reconciler.core.manifest.resolve import resolve
from reconciler.core.manifest.spec import IpType
from reconciler.core.problem import ProblemsFound
from reconciler.files.configuration import load_configuration
from reconciler.files.first_manifests import Brand
from reconciler.files.load import load
from reconciler.files.scaffold import write_ignore_file, write_scaffold
from tests.files.conftest import Draw

FILES = ("reconciler.yaml", "lora.yaml", "lora-poses.yaml", "lora-max.yaml")
LORA = Brand(
    name="Lora",
    slug="lora",
    description="a female character with purple hair",
    medium="illustration",
    kind="defined_character",
    family="prefix",
)
ACCOUNT = "simulator:.reconciler/account.sqlite"


def fill(folder: Path, draw: Draw) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(5):
        (folder / f"{seed}.png").write_bytes(draw(seed=seed))


def test_only_the_images_are_missing(tmp_path: Path) -> None:
    root = tmp_path / "manifests"
    written = write_scaffold(root, LORA, endpoint=ACCOUNT).written
    assert written == (*FILES, "lora-poses/images/README.md")
    with pytest.raises(ProblemsFound) as found:
        resolve(load(root, cache=tmp_path / "c"))
    assert [problem.rule for problem in found.value.problems] == ["dataset-count"]
    assert load_configuration(root).problems == ()
    assert load_configuration(root).endpoint == f"simulator:{tmp_path}/.reconciler/account.sqlite"


@pytest.mark.parametrize(("endpoint", "read"), [("simulator", "simulator"), (None, None)])
def test_the_account_is_what_was_asked_for(tmp_path: Path, endpoint: str | None, read: str | None) -> None:
    """For CI the simulator is left out."""
    write_scaffold(tmp_path, LORA, endpoint=endpoint)
    assert load_configuration(tmp_path).problems == ()
    assert load_configuration(tmp_path).endpoint == read
    assert ("\n# endpoint: simulator\n" in (tmp_path / "reconciler.yaml").read_text()) is (endpoint is None)


def test_with_images_it_is_sound(tmp_path: Path, draw: Draw) -> None:
    root = tmp_path / "manifests"
    write_scaffold(root, LORA, endpoint=ACCOUNT)
    fill(root / "lora-poses/images", draw)
    found = resolve(load(root, cache=tmp_path / "c"))
    assert found.warnings == ()
    (dataset,) = found.datasets.values()
    assert dataset.guide.text == "An illustration of a character named Lora, a female character with purple hair,"


def test_images_of_ones_own_are_named(tmp_path: Path, draw: Draw) -> None:
    root = tmp_path / "manifests"
    fill(root / "my pictures", draw)
    brand = replace(LORA, images="my pictures")
    written = write_scaffold(root, brand, endpoint=ACCOUNT, schema="../docs/s.json", is_empty=False).written
    assert written == FILES
    assert (root / "lora.yaml").read_text().startswith("# yaml-language-server: $schema=../docs/s.json\n")
    assert resolve(load(root, cache=tmp_path / "c")).warnings == ()


@pytest.mark.parametrize("kind", get_args(IpType))
@pytest.mark.parametrize("family", ["prefix", "schema"])
def test_every_type_is_sound_without_a_description(tmp_path: Path, draw: Draw, kind: str, family: str) -> None:
    """Also with a name that YAML would take for something else, or that must be quoted."""
    for name in ("No", "Nº 5: 'the one' #1"):
        brand = Brand(name=name, slug="b", description="", medium="illustration", kind=kind, family=family)  # type: ignore[arg-type]
        root = tmp_path / str(len(name))
        write_scaffold(root, brand, endpoint=ACCOUNT, is_empty=False)
        fill(root / brand.folder, draw)
        found = resolve(load(root, cache=tmp_path / "c"))
        assert {problem.rule for problem in found.warnings} <= {"text-words"}
        (project,) = found.projects.values()
        assert (project.project_name, project.ip_type, project.family) == (name, kind, family)
        assert [model.training_version for model in found.models.values()] == ["max" if family == "prefix" else None]


def test_more_images_than_one_by_one_takes_travel_in_an_archive(tmp_path: Path, draw: Draw) -> None:
    write_scaffold(tmp_path, replace(LORA, is_archive=True), endpoint=ACCOUNT)
    folder = tmp_path / "lora-poses/images"
    for number in range(201):  # different files with one picture: to draw so many takes long
        (folder / f"{number}.png").write_bytes(draw() + number.to_bytes(2, "big"))
    found = resolve(load(tmp_path, cache=tmp_path / "c"))
    assert {problem.rule for problem in found.warnings} == {"image-edge", "image-trailing"}
    assert [dataset.uploads.is_once for dataset in found.datasets.values()] == [True]
    assert [model.training_mode for model in found.models.values()] == ["expert"]


def test_a_file_that_exists_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "lora.yaml").write_text("mine")
    (tmp_path / "elsewhere").write_text("also mine")
    (tmp_path / "lora-max.yaml").symlink_to("elsewhere")
    (tmp_path / "reconciler.yaml").symlink_to("nothing")
    found = write_scaffold(tmp_path, LORA, endpoint=ACCOUNT)
    assert found.kept == ("reconciler.yaml", "lora.yaml", "lora-max.yaml")
    assert (tmp_path / "lora.yaml").read_text() == "mine"
    assert (tmp_path / "elsewhere").read_text() == "also mine"
    assert not (tmp_path / "nothing").exists()
    assert write_scaffold(tmp_path, LORA, endpoint=ACCOUNT).written == ()


def test_the_ignore_file_is_written_once(tmp_path: Path) -> None:
    assert write_ignore_file(tmp_path)
    assert (tmp_path / ".gitignore").read_text().endswith("\n.reconciler/\n")
    (tmp_path / ".gitignore").write_text("mine\n")
    assert not write_ignore_file(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
