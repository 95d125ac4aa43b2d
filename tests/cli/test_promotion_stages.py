"""The promotion gate under overlays, and approvals that lie where anybody could put them."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, flat
from tests.cli.looks import ROOT, approve_looks, draw_looks
from tests.cli.test_promotion_gate import GUARD, MODEL, OFFLINE, World, commit, name_production, refusals, why

OVERLAY = ROOT / "overlays" / "production.yaml"
STAGE = (*OFFLINE, "--overlay", "production")


@pytest.fixture
def world(tree: Path, cli: Cli) -> World:
    return World(cli)


def in_overlay(target: str, more: str = "") -> None:
    OVERLAY.parent.mkdir(exist_ok=True)
    OVERLAY.write_text(f"{more}objects: {{model/lora-max: {{aliases: {{production: {target}}}}}}}\n")


def test_the_tree_is_judged_as_the_overlay_makes_it(world: World, cli: Cli) -> None:
    """What the manifest says for other accounts is another matter, and a roll-back is one within a stage."""
    world.approved()
    in_overlay(world.first)
    commit("a stage")
    in_overlay(world.second)
    assert why(cli, *STAGE) == ""
    commit("promoted in production")
    third = world.third()
    in_overlay(third)
    assert "gallery/looks is not complete" in why(cli, *STAGE)
    assert why(cli) == "", "without the overlay nothing moves"
    commit("merged against the gate")
    assert "may not name" in why(cli, "plan", "--overlay", "production")
    in_overlay(world.second)
    assert why(cli, *STAGE) == ""
    assert why(cli, "plan", "--overlay", "production") == ""


def test_a_new_stage_names_what_is_approved(world: World, cli: Cli) -> None:
    """Or what the manifest names for all, which is no move."""
    in_overlay(world.second)
    assert "gallery/looks is not complete" in why(cli, *STAGE)
    in_overlay(world.first)
    assert why(cli, *STAGE) == ""


@pytest.mark.parametrize("account", ["", "account: {name: brand, project: 1001}\n"])
def test_another_account_does_not_forget_the_guard(world: World, cli: Cli, account: str) -> None:
    """Nothing of the base is live in a new account, and what it asked for counts all the same."""
    MODEL.write_text(MODEL.read_text().replace(GUARD, ""))
    in_overlay(world.second, account)
    assert "gallery/looks is not complete" in why(cli, *STAGE)
    assert "no longer guards production" in flat(cli(*STAGE).out)


def test_a_link_is_no_approval(world: World, cli: Cli) -> None:
    """An owner who approved the link would have approved whatever is put at its end later."""
    draw_looks(world.second)
    place = approve_looks(world.second)
    (place.parent / "anything.json").write_text(place.read_text())
    place.unlink()
    place.symlink_to("anything.json")
    name_production(world.second)
    assert why(cli).endswith(f"looks/{world.second}.approved.json is a link, and an approval is a file of its own")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"approved": true}', 'has the unknown key "approved"'),
        ("\u202eapproved", "is no JSON that can be read"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "only the Git LFS pointer of this text"),
        ("x" * 1_000_001, "cannot be used: this file is too large"),
    ],
)
def test_a_file_that_says_anything_else_is_no_approval(world: World, cli: Cli, text: str, said: str) -> None:
    """It is told by its name, and what it holds is shown harmlessly, if at all."""
    draw_looks(world.second)
    approve_looks(world.second).write_text(text)
    name_production(world.second)
    assert said in why(cli)
    assert f"looks/{world.second}.approved.json" in why(cli)
    assert "\u202e" not in cli(*OFFLINE).out


def test_an_approval_of_another_version_is_none(world: World, cli: Cli) -> None:
    """A copy under another name."""
    world.approved()
    third = world.third()
    shutil.copytree(ROOT / "looks" / world.second, ROOT / "looks" / third)
    shutil.copy(ROOT / "looks" / f"{world.second}.approved.json", ROOT / "looks" / f"{third}.approved.json")
    name_production(third)
    assert "gallery/looks is not complete (damaged: reading, waving)" in why(cli)
    draw_looks(third)
    assert f'is for the version "{world.second}"' in why(cli)


def test_pictures_in_git_lfs_need_no_content(world: World, cli: Cli) -> None:
    """A fork's pull request has pointers alone, and a pointer holds the digest."""
    draw_looks(world.second)
    approve_looks(world.second)
    name_production(world.second)
    for picture in (ROOT / "looks" / world.second).glob("*.png"):
        digest = picture.with_suffix(".json").read_text().split('"sha256": "')[1][:64]
        size = picture.stat().st_size
        picture.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n")
    assert why(cli) == ""
    picture.write_text(picture.read_text().replace("sha256:", "sha256:0")[:-2] + "\n")
    assert "is not complete (damaged: " in why(cli)


def test_a_root_that_moves_takes_its_guard_along(world: World, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The base has it in another folder, and the alias moves in the same request."""
    config = "account: {name: brand, project: 1001}\n"
    (ROOT / "reconciler.yaml").write_text(config)
    commit("pinned")
    Path("brand").mkdir()
    for path in ROOT.iterdir():
        if path.name != "reconciler.yaml":
            path.rename(Path("brand") / path.name)
    (Path("brand") / "reconciler.yaml").write_text(config)
    model = Path("brand") / "model.yaml"
    model.write_text(model.read_text().replace(world.first, world.second).replace(GUARD, ""))
    found = refusals(cli, *OFFLINE, "--root", "brand")
    assert "gallery/looks is not complete (missing: reading, waving)" in str(found[0]["summary"])
    (Path("brand") / "gallery.yaml").unlink()
    found = refusals(cli, *OFFLINE, "--root", "brand")
    assert "gallery/looks, which guards it, is not declared" in str(found[0]["summary"])


def test_the_gallery_has_to_be_that_of_the_base(world: World, cli: Cli) -> None:
    """One that is gone is judged as the base declared it; its pictures count as long as they are there."""
    world.approved()
    name_production(world.second)
    (ROOT / "gallery.yaml").unlink()
    MODEL.write_text(MODEL.read_text().replace(GUARD, ""))
    assert why(cli) == ""
    (ROOT / "looks" / world.second / "waving.png").unlink()
    assert "gallery/looks is not complete (damaged: waving)" in why(cli)
