"""A promotion from end to end, as people type it: refused, drawn, looked at, approved, done, and rolled back."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, cli, edit, flat, git, tree
from tests.cli.looks import GALLERY, ROOT

__all__ = ["cli", "tree"]
MODEL = ROOT / "model.yaml"
REQUEST = ("plan", "--base", "main")


class Repository:
    """A repository whose `main` is applied after each merge."""

    def __init__(self, run: Cli) -> None:
        self.run = run
        git("init", "--quiet", "--initial-branch=main")

    def fingerprint(self) -> str:
        """What the manifest describes."""
        found = re.search(r"lora-max +([a-z][0-9a-f]{12})", self.run("validate").out)
        assert found is not None
        return found[1]

    def request(self, name: str) -> None:
        """A branch for a pull request."""
        git("checkout", "--quiet", "-b", name)

    def refusals(self, *arguments: str) -> list[str]:
        ran = self.run(*(arguments or REQUEST), "--format", "json")
        return [one["summary"] for one in json.loads(ran.out)["plan"]["refusals"]]

    def merge(self, name: str) -> None:
        """The request is merged, and its main is applied: with what was reviewed, as CI does it."""
        git("add", "--all", "manifests")
        git("commit", "--quiet", "--allow-empty", "-m", name)
        assert self.run(*REQUEST, "--out", "reviewed.json").code == 0
        git("checkout", "--quiet", "main")
        git("merge", "--quiet", "--no-ff", name, "-m", f"Merge {name}")
        ran = self.run("apply", "--within", "reviewed.json", "--wait", "training")
        assert ran.code == 0, ran.out + ran.err

    def production(self) -> str:
        """The fingerprint of what programs get that ask for it."""
        value = json.loads(self.run("output", "--format", "json").out)
        return str(value["models"]["lora-max"]["aliases"]["production"]["fingerprint"])

    def seen_by_commands(self) -> list[str]:
        """What a refusal says to run, typed one after the other: at the end it is lifted."""
        (refusal,) = json.loads(self.run(*REQUEST, "--format", "json").out)["plan"]["refusals"]
        commands = re.findall(r"`reconciler (gallery [^`]*)`", " ".join(refusal["remedies"]))
        for command in commands:
            assert self.refusals() != []
            ran = self.run(*command.split())
            assert ran.code == 0, ran.err
        return [command.split()[1] for command in commands]


@pytest.fixture
def world(tree: Path, cli: Cli) -> Repository:
    """A light model, trained and named; then a guard is put before its alias."""
    edit(MODEL, "training_version: max", "training_version: light")
    world = Repository(cli)
    MODEL.write_text(MODEL.read_text() + f"  aliases: {{production: {world.fingerprint()}, candidate: current}}\n")
    git("add", "--all", "manifests")
    git("commit", "--quiet", "-m", "a model")
    assert cli("apply", "--yes", "--wait", "training").code == 0
    world.request("guard")
    (ROOT / "gallery.yaml").write_text(GALLERY)
    MODEL.write_text(MODEL.read_text() + "  promotion: {aliases: [production], gallery: looks, cases: all}\n")
    assert world.refusals() == [], "what production names was never approved, and stays"
    assert "model/lora-max guards production from now on" in flat(cli(*REQUEST).out)
    world.merge("guard")
    return world


def test_a_promotion_is_seen_before_it_is_done(world: Repository, cli: Cli) -> None:
    """Another caption, another version; it is named once somebody looked, and left again without looking."""
    first = world.fingerprint()
    world.request("captions")
    (ROOT / "images" / "wave.txt").write_text("waving with both hands.\n")
    second = world.fingerprint()
    world.merge("captions")
    assert world.production() == first

    world.request("promotion")
    edit(MODEL, f"production: {first}", f"production: {second}")
    (refused,) = world.refusals()
    assert refused.endswith(f"may not name {second}: gallery/looks is not complete (missing: reading, waving)")
    ran = cli("apply", "--yes")
    assert (ran.code, "nothing was sent" in ran.err) == (4, True)
    assert world.seen_by_commands() == ["run", "report", "approve"]
    assert world.refusals() == []
    assert f"production moves from {first[:7]} to {second[:7]}" in flat(cli(*REQUEST).out)
    world.merge("promotion")
    assert world.production() == second
    assert cli("plan").out.startswith("In sync")

    world.request("more")
    (ROOT / "gallery.yaml").write_text(GALLERY + "    - {name: sitting, prompt: sitting, seed: 7}\n")
    world.merge("more")
    assert world.refusals("plan") == [], "an apply on main is not stopped by a case that is new"

    for name, target, before in (("back", first, second), ("forth", second, first)):
        world.request(name)
        edit(MODEL, f"production: {before}", f"production: {target}")
        assert world.refusals() == []
        assert f"production goes back to {target}" in flat(cli(*REQUEST).out)
        world.merge(name)
        assert world.production() == target
    assert not (ROOT / "looks" / first).exists(), "nothing was ever drawn by it"
