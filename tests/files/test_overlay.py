"""Overlays on the disk: what they change, and each mistake in one with its place."""

import pytest

from reconciler.core.account import Account
from reconciler.core.desired import Desired
from reconciler.core.fingerprint import dataset_fingerprint, model_fingerprint
from reconciler.core.manifest.resolve import problems_in, resolve
from reconciler.core.problem import Problem
from reconciler.core.ref import parse_ref
from reconciler.files.configuration import load_configuration
from reconciler.files.load import load
from reconciler.files.overlay import MOST, load_overlay, overlay_names, with_overlay
from tests.files.conftest import Brand

PROJECT, DATASET, MODEL = map(parse_ref, ("project/lora", "dataset/lora-poses", "model/lora-max"))
EVERYTHING = """\
account: {name: brand, project: 1001}
tier: pro
limits: {trainings: 4, uploads: 7}
objects:
  project/lora: {id: 1001}
  model/lora-max:
    start: false
    aliases: {production: a51be07, candidate: current}
"""


def said(brand: Brand, text: str | bytes, name: str = "production.yaml") -> list[str]:
    brand.write(f"overlays/{name}", text)
    problems = problems_in(load(brand.root, cache=brand.root.parent / "c"))
    return [_said(problem) for problem in problems]


def _said(problem: Problem) -> str:
    return f"{str(problem.location).removeprefix('manifests/overlays/')} {problem.rule}"


def desired(brand: Brand, overlay: str = "") -> Desired:
    return resolve(load(brand.root, overlay=overlay, cache=brand.root.parent / "c"))


def test_an_overlay_changes_one_account_and_no_fingerprint(brand: Brand) -> None:
    """Live id, start and aliases; an alias that it does not name stays. Without it the manifests count as they stand."""
    text = (brand.root / "lora.yaml").read_text()
    brand.write("lora.yaml", f"{text}  aliases: {{old: v1, production: current}}\n")
    brand.write("overlays/production.yaml", EVERYTHING)
    plain, meant = desired(brand), desired(brand, "production")
    assert (meant.projects[PROJECT].id, plain.projects[PROJECT].id) == (1001, None)
    assert (meant.models[MODEL].policy.start, plain.models[MODEL].policy.start) == (False, True)
    assert meant.models[MODEL].aliases == (("candidate", "current"), ("old", "v1"), ("production", "a51be07"))
    assert plain.models[MODEL].aliases == (("old", "v1"), ("production", "current"))
    prints = {
        model_fingerprint(tree.models[MODEL], dataset_fingerprint(tree.datasets[DATASET])) for tree in (plain, meant)
    }
    assert len(prints) == 1


def test_an_overlay_says_what_exists(brand: Brand) -> None:
    """Absent what a manifest has, present what it says is absent; a manifest that is to be present needs all its keys."""
    brand.write("overlays/staging.yaml", "objects: {model/lora-max: {ensure: absent}}\n")
    assert set(desired(brand, "staging").absent) == {MODEL}
    text = (brand.root / "lora.yaml").read_text()
    brand.write("lora.yaml", text.replace("name: lora-max", "name: lora-max, ensure: absent"))
    assert set(desired(brand).absent) == {MODEL}
    assert set(desired(brand, "staging").absent) == {MODEL}
    brand.write("overlays/production.yaml", "objects: {model/lora-max: {ensure: present, start: false}}\n")
    assert desired(brand, "production").models[MODEL].policy.start is False
    brand.write(
        "dataset.yaml",
        "apiVersion: reconciler/v1\nkind: Dataset\nmetadata: {name: bare, ensure: absent}\nspec: {project: lora}\n",
    )
    brand.write("overlays/bare.yaml", "objects: {dataset/bare: {ensure: present}}\n")
    problems = problems_in(load(brand.root, overlay="bare", cache=brand.root.parent / "c"))
    assert "manifests/dataset.yaml:4:1 manifest-key-missing" in [f"{one.location} {one.rule}" for one in problems]


def test_the_rules_judge_the_tree_as_the_overlay_makes_it(brand: Brand) -> None:
    """A model cannot stand on a dataset that goes."""
    brand.write("overlays/staging.yaml", "objects: {dataset/lora-poses: {ensure: absent}}\n")
    assert not problems_in(load(brand.root, cache=brand.root.parent / "c"))
    (problem,) = problems_in(load(brand.root, overlay="staging", cache=brand.root.parent / "c"))
    assert problem.is_error


def test_settings_of_an_overlay_count_before_reconciler_yaml(brand: Brand) -> None:
    """Each limit by itself."""
    brand.write(
        "reconciler.yaml", "tier: starter\naccount: {name: all, project: 1}\nlimits: {trainings: 0, deletions: 3}\n"
    )
    brand.write("overlays/production.yaml", EVERYTHING)
    brand.write("overlays/bare.yaml", "# nothing yet\n")
    usual = load_configuration(brand.root)
    found = with_overlay(usual, load_overlay(brand.root, "production"))
    assert (found.tier, found.account) == ("pro", Account(name="brand", project=1001))
    assert (found.limits.trainings, found.limits.uploads, found.limits.deletions) == (4, 7, 3)
    assert with_overlay(usual, load_overlay(brand.root, "bare")) == usual == with_overlay(usual, None)
    assert overlay_names(brand.root) == ("bare", "production")
    assert overlay_names(brand.root / "missing") == ()


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("objects: {model/lora-max: {training_mode: expert}}", ["production.yaml:1:28 overlay-content"]),
        ("objects: {model/lora-max: {training: {rank: 8}}}", ["production.yaml:1:28 overlay-content"]),
        ("objects: {dataset/lora-poses: {caption_prefix: x}}", ["production.yaml:1:32 overlay-content"]),
        ("objects: {dataset/lora-poses: {spec: {images: {path: x}}}}", ["production.yaml:1:32 overlay-content"]),
        ("objects: {project/lora: {ip_name: Mira}}", ["production.yaml:1:26 overlay-content"]),
        ("objects: {model/lora-max: {strat: true}}", ["production.yaml:1:28 overlay-key"]),
        ("objects: {model/lora-max: {id: 7}}", ["production.yaml:1:28 overlay-key"]),
        ("objects: {dataset/lora-poses: {aliases: {a: current}}}", ["production.yaml:1:32 overlay-key"]),
        ("objects: {project/lora: {start: false}}", ["production.yaml:1:26 overlay-key"]),
        ("objects: {model/lora-mx: {start: true}}", ["production.yaml:1:11 overlay-object"]),
        ("objects: {lora-max: {start: true}}", ["production.yaml:1:11 overlay-object"]),
        ("objects: {models/lora-max: {start: true}}", ["production.yaml:1:11 overlay-object"]),
        ("objects: {model/../x: {start: true}}", ["production.yaml:1:11 overlay-object"]),
        ("objects: {model/lora-max: {start: 'yes'}}", ["production.yaml:1:35 overlay-type"]),
        ("objects: {model/lora-max: true}", ["production.yaml:1:27 overlay-type"]),
        ("objects: [model/lora-max]", ["production.yaml:1:10 overlay-type"]),
        ("objects: {model/lora-max: {ensure: gone}}", ["production.yaml:1:36 overlay-value"]),
        ("objects: {model/lora-max: {aliases: {production: 1234567}}}", ["production.yaml:1:50 overlay-type"]),
        ("objects: {model/lora-max: {aliases: {Production: current}}}", ["production.yaml:1:38 model-alias-name"]),
        ("objects: {model/lora-max: {aliases: {production: newest}}}", ["production.yaml:1:50 model-alias"]),
        ("objects: {model/lora-max: {aliases: {production: v2}}}", ["production.yaml:1:50 model-alias-number"]),
        ("objects: {project/lora: {id: '7'}}", ["production.yaml:1:30 overlay-type"]),
        ("objects: {model/lora-max: }", ["production.yaml:1:11 overlay-value-missing"]),
        ("tier: gold", ["production.yaml:1:7 overlay-value"]),
        ("limits: {training: 4}", ["production.yaml:1:10 overlay-key"]),
        ("expect: {trainings: 0}", ["production.yaml:1:1 overlay-key"]),
        ("endpoint: simulator", ["production.yaml:1:1 overlay-key"]),
        ("account: {name: Brand, project: 1}", ["production.yaml:1:17 overlay-account"]),
        ("account: brand", ["production.yaml:1:10 overlay-type"]),
        ("tier: pro\ntier: starter", ["production.yaml:2:1 manifest-key-duplicate"]),
        ("- tier: pro", ["production.yaml overlay-shape"]),
        ("tier: pro\n---\ntier: pro", ["production.yaml overlay-shape"]),
        ("apiVersion: reconciler/v1\nkind: Project", ["production.yaml:1:1 overlay-shape"]),
        (b"\xff\xfe", ["production.yaml:1:1 manifest-encoding"]),
    ],
)
def test_a_mistake_is_told_at_its_place_though_nobody_chose_the_overlay(
    brand: Brand, text: str | bytes, problems: list[str]
) -> None:
    """Each command judges all overlays: a mistake is found in the request that makes it."""
    assert said(brand, text) == problems


@pytest.mark.parametrize("name", ["Production.yaml", "a b.yaml", "production.yml", f"{'x' * 29}.yaml"])
def test_a_file_that_nobody_could_choose_is_told(brand: Brand, name: str) -> None:
    assert said(brand, "tier: pro\n", name) == [f"{name} overlay-shape"]


def test_words_help_on(brand: Brand) -> None:
    """What was meant, and where content belongs."""
    brand.write(
        "overlays/production.yaml",
        "objects:\n  dataset/lora-poses: {images: {path: x}}\n",
    )
    brand.write("overlays/staging.yaml", "objects:\n  dataset/lora-poses: {start: true}\n")
    problems = problems_in(load(brand.root, cache=brand.root.parent / "c"))
    content, other = (f"{one.summary} {one.detail} {one.remedy}" for one in problems)
    assert content.startswith('an overlay holds no content: "images" stands in the manifest So a fingerprint')
    assert other == 'an overlay does not say "start" of a dataset It is for a model. Of a dataset it says "ensure".'
    brand.write("overlays/production.yaml", "objects: {model/lora-mx: {start: true}}\n")
    brand.write("overlays/staging.yaml", "{}\n")
    (problem,) = problems_in(load(brand.root, cache=brand.root.parent / "c"))
    assert (problem.summary, problem.remedy) == ("no manifest declares model/lora-mx", 'Did you mean "model/lora-max"?')


def test_a_link_out_of_the_tree_is_no_overlay(brand: Brand) -> None:
    """As with any other file of the tree."""
    (brand.root.parent / "elsewhere.yaml").write_text("tier: pro\n")
    (brand.root / "overlays").mkdir()
    (brand.root / "overlays/production.yaml").symlink_to(brand.root.parent / "elsewhere.yaml")
    problems = problems_in(load(brand.root, cache=brand.root.parent / "c"))
    assert {one.rule for one in problems} == {"path-refused"}
    assert load_overlay(brand.root, "production").tier is None


def test_all_that_is_wrong_is_told_at_once(brand: Brand) -> None:
    """An object that nobody declares beside a value of the wrong type, which is told with what a version is."""
    text = "objects:\n  model/lora-mx: {start: 'no'}\n  model/lora-max: {aliases: {production: 1234567}}\n  poses: {}\n"
    brand.write("overlays/production.yaml", text)
    problems = problems_in(load(brand.root, cache=brand.root.parent / "c"))
    assert [_said(one) for one in problems] == [
        "production.yaml:2:3 overlay-object",
        "production.yaml:2:26 overlay-type",
        "production.yaml:3:42 overlay-type",
        "production.yaml:4:3 overlay-object",
    ]
    assert problems[2].remedy.startswith("A fingerprint begins with a letter")


def test_only_so_many_overlays_are_read(brand: Brand) -> None:
    """Every command reads them all, so a tree must not hold any number of them."""
    for number in range(MOST + 1):
        brand.write(f"overlays/o{number:03}.yaml", "objects: {x: {}}\n")
    problems = problems_in(load(brand.root, cache=brand.root.parent / "c"))
    assert [one.rule for one in problems].count("overlay-object") == MOST
    assert ("tree-limit", "there are too many overlays") in {(one.rule, one.summary) for one in problems}
