"""`reconciler history` on the embedded simulator."""

import json
import re
from pathlib import Path

from tests.cli.conftest import Cli


def test_the_versions_of_a_model_and_of_its_dataset(applied: Path, cli: Cli) -> None:
    """Newest first, with the one that is in force, what it was trained on, and its aliases."""
    caption = applied / "manifests/images/wave.txt"
    caption.write_text("waving with both hands.\n")
    model = applied / "manifests/model.yaml"
    model.write_text(model.read_text() + "  aliases: {production: current}\n")
    assert cli("apply", "--yes", "--wait", "training").code == 0
    ran = cli("history", "model/lora-max")
    assert ran.code == 0
    assert re.search(r"\. v2  trained, in force \(id \d+, a[0-9a-f]{12}\)\n +aliases +production\n", ran.out)
    assert "trained on       lora-poses v2" in ran.out
    assert ran.out.index("v2  trained") < ran.out.index("\n  v1  trained (id ")
    ran = cli("history", "dataset/lora-poses")
    assert "2 live versions" in ran.out
    assert "    trained          lora-max v1\n" in ran.out
    found = json.loads(cli("history", "dataset/lora-poses", "--format", "json").out)
    assert [(one["version"], one["mark"], one["images"]) for one in found["versions"]] == [
        (2, "in force", 5),
        (1, None, 5),
    ]


def test_it_costs_three_calls(applied: Path, cli: Cli) -> None:
    """The lists; nothing is read by its id where all is in sync."""
    ran = cli("history", "model/lora-max", "-v")
    assert len(re.findall(r"^info: GET ", ran.err, re.MULTILINE)) == 3


def test_what_git_declares_may_not_be_live(applied: Path, cli: Cli) -> None:
    """Then none is in force, and the way on is said."""
    caption = applied / "manifests/images/wave.txt"
    caption.write_text("waving with both hands.\n")
    ran = cli("history", "model/lora-max")
    assert ran.out.endswith("None of them is what git declares: `reconciler plan` shows what apply would do.\n")


def test_nothing_is_live_yet(tree: Path, cli: Cli) -> None:
    """Said for both kinds, with exit code 0."""
    for ref in ("model/lora-max", "dataset/lora-poses"):
        ran = cli("history", ref)
        assert (ran.code, "No version is live" in ran.out) == (0, True)


def test_what_no_manifest_declares_is_found_by_its_name(applied: Path, cli: Cli) -> None:
    """A file that vanished from git deletes nothing, and its versions can still be looked at."""
    for name in ("model.yaml", "dataset.yaml"):
        (applied / "manifests" / name).unlink()
    for ref in ("model/lora-max", "dataset/lora-poses"):
        ran = cli("history", ref)
        assert f"{ref}: 1 live version, declared by no manifest\n" in ran.out
    ran = cli("history", "model/nope")
    assert (ran.code, ran.err) == (64, "No manifest declares model/nope, and nothing live bears its name.\n")


def test_only_datasets_and_models_have_versions(tree: Path, cli: Cli) -> None:
    """Anything else is wrong usage."""
    for ref, words in (("project/lora", "has no versions"), ("lora-mxx", "names no kind"), ("model/X", "is no name")):
        ran = cli("history", ref)
        assert (ran.code, words in ran.err) == (64, True)
