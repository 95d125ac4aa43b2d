"""The first manifests: sound as far as they can be, and nothing that exists is touched."""

from pathlib import Path

import pytest

from reconciler.core.manifest.resolve import resolve
from reconciler.core.problem import ProblemsFound
from reconciler.files.configuration import load_configuration
from reconciler.files.load import load
from reconciler.files.scaffold import write_scaffold
from tests.files.conftest import Draw

FILES = ("reconciler.yaml", "lora.yaml", "lora-poses.yaml", "lora-max.yaml")


def test_only_the_images_are_missing(tmp_path: Path) -> None:
    root = tmp_path / "manifests"
    written = write_scaffold(root).written
    assert written == (*FILES, "lora-poses/images/README.md")
    with pytest.raises(ProblemsFound) as found:
        resolve(load(root, cache=tmp_path / "c"))
    assert [problem.rule for problem in found.value.problems] == ["dataset-count"]
    assert load_configuration(root).problems == ()
    assert load_configuration(root).endpoint == "simulator"


def test_for_ci_the_simulator_is_left_out(tmp_path: Path) -> None:
    write_scaffold(tmp_path, simulated=False)
    assert load_configuration(tmp_path).problems == ()
    assert load_configuration(tmp_path).endpoint is None
    assert "\n# endpoint: simulator\n" in (tmp_path / "reconciler.yaml").read_text()


def test_with_images_it_is_sound(tmp_path: Path, draw: Draw) -> None:
    root = tmp_path / "manifests"
    write_scaffold(root)
    for number in range(5):
        (root / "lora-poses" / "images" / f"{number}.png").write_bytes(draw(seed=number))
    found = resolve(load(root, cache=tmp_path / "c"))
    assert found.warnings == ()
    (dataset,) = found.datasets.values()
    assert dataset.guide.text == "An illustration of a character named Lora, a female character with purple hair,"


def test_images_of_ones_own_are_named(tmp_path: Path, draw: Draw) -> None:
    root = tmp_path / "manifests"
    (root / "pictures").mkdir(parents=True)
    for number in range(5):
        (root / "pictures" / f"{number}.png").write_bytes(draw(seed=number))
    written = write_scaffold(root, images="pictures", schema="../docs/s.json").written
    assert written == FILES
    assert (root / "lora.yaml").read_text().startswith("# yaml-language-server: $schema=../docs/s.json\n")
    assert resolve(load(root, cache=tmp_path / "c")).warnings == ()


def test_a_file_that_exists_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "lora.yaml").write_text("mine")
    (tmp_path / "elsewhere").write_text("also mine")
    (tmp_path / "lora-max.yaml").symlink_to("elsewhere")
    (tmp_path / "reconciler.yaml").symlink_to("nothing")
    found = write_scaffold(tmp_path)
    assert found.kept == ("reconciler.yaml", "lora.yaml", "lora-max.yaml")
    assert (tmp_path / "lora.yaml").read_text() == "mine"
    assert (tmp_path / "elsewhere").read_text() == "also mine"
    assert not (tmp_path / "nothing").exists()
    assert write_scaffold(tmp_path).written == ()


def test_the_schema_family_has_a_first_schema_and_a_model_without_a_version(tmp_path: Path, draw: Draw) -> None:
    written = write_scaffold(tmp_path, family="schema").written
    assert written == (
        "reconciler.yaml",
        "lora.yaml",
        "lora-poses.yaml",
        "lora-model.yaml",
        "lora-poses/images/README.md",
    )
    for number in range(5):
        (tmp_path / "lora-poses" / "images" / f"{number}.png").write_bytes(draw(seed=number))
    found = resolve(load(tmp_path, cache=tmp_path / "c"))
    assert found.warnings == ()
    assert [project.family for project in found.projects.values()] == ["schema"]
    assert [dataset.guide.family for dataset in found.datasets.values()] == ["schema"]
    assert [model.training_version for model in found.models.values()] == [None]
