"""The promotion gate: which moves of a guarded alias are refused, by which way around it somebody may try it."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, edit, flat, git
from tests.cli.looks import GALLERY, ROOT, approve_looks, draw_looks

OFFLINE = ("plan", "--base", "main", "--detailed-exitcode")
MODEL = ROOT / "model.yaml"
GUARD = "  promotion: {aliases: [production], gallery: looks}\n"


def fingerprint(cli: Cli) -> str:
    """What the manifest describes, all of it."""
    found = re.search(r"lora-max +([a-z][0-9a-f]{12})", cli("validate").out)
    assert found is not None
    return found[1]


def name_production(target: str) -> None:
    kept = [line for line in MODEL.read_text().splitlines() if "aliases: {" not in line or "promotion" in line]
    MODEL.write_text("\n".join([*kept, f"  aliases: {{production: {target}}}", ""]))


def commit(message: str = "x") -> None:
    git("add", "--all", "manifests")
    git("commit", "--quiet", "--allow-empty", "-m", message)


def refusals(cli: Cli, *arguments: str) -> list[dict[str, object]]:
    """Those of the gate."""
    ran = cli(*(arguments or OFFLINE), "--format", "json")
    found: list[dict[str, object]] = json.loads(ran.out)["plan"]["refusals"]
    return [one for one in found if one["rule"] == "promotion"]


def why(cli: Cli, *arguments: str) -> str:
    """The only refusal of the gate; empty if there is none."""
    found = [str(one["summary"]) for one in refusals(cli, *arguments)]
    assert len(found) < 2
    return "".join(found)


def consequences(cli: Cli, kind: str = "guard") -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(cli(*OFFLINE, "--format", "json").out)["plan"]["consequences"]
    return [one for one in found if one["kind"] == kind]


class World:
    """`main`, on which `first` was described and named before there was a guard, and `second` is described now."""

    def __init__(self, cli: Cli) -> None:
        self.cli = cli
        git("init", "--quiet", "--initial-branch=main")
        self.first = fingerprint(cli)
        name_production(self.first)
        commit("production is named")
        edit(MODEL, "training_version: max", "training_version: light")
        self.second = fingerprint(cli)
        (ROOT / "gallery.yaml").write_text(GALLERY)
        MODEL.write_text(MODEL.read_text() + GUARD)
        commit("production is guarded")

    def third(self) -> str:
        """Another definition, of which nothing was drawn."""
        edit(ROOT / "dataset.yaml", "purple hair,", "red hair,")
        return fingerprint(self.cli)

    def approved(self) -> None:
        """`second` is complete and approved on main."""
        draw_looks(self.second)
        approve_looks(self.second)
        commit("second is approved")


@pytest.fixture
def world(tree: Path, cli: Cli) -> World:
    return World(cli)


def test_a_move_needs_pictures_and_an_approval(world: World, cli: Cli) -> None:
    """Nothing is drawn, then a part, then all of it, then it is approved: in the same request as the move."""
    name_production(world.second)
    may_not = f"the guarded alias production may not name {world.second}: "
    assert why(cli) == f"{may_not}gallery/looks is not complete (missing: reading, waving)"
    ways = refusals(cli)[0]["remedies"]
    assert ways == [
        f"Draw it: `reconciler gallery run looks --version {world.second}`.",
        "Look at it: `reconciler gallery report looks`.",
        f"Say that you did: `reconciler gallery approve looks {world.second}`.",
        f"Commit manifests/looks/{world.second}/ and manifests/looks/{world.second}.approved.json.",
    ]
    draw_looks(world.second, "waving")
    assert why(cli) == f"{may_not}gallery/looks is not complete (missing: reading)"
    draw_looks(world.second)
    assert why(cli) == f"{may_not}nobody has approved it in gallery/looks"
    assert refusals(cli)[0]["remedies"] == ways[1:]
    approve_looks(world.second)
    assert why(cli) == ""
    ran = cli(*OFFLINE)
    assert ran.code == 2
    assert f"production moves from {world.first[:7]} to {world.second[:7]}" in flat(ran.out)
    assert "refuses" not in ran.out


def test_what_is_refused_is_not_applied(world: World, cli: Cli) -> None:
    """With a base and without one, live and saved; nothing is sent."""
    name_production(world.second)
    for arguments in (OFFLINE, (*OFFLINE, "--live"), ("plan",)):
        assert "the guarded alias production may not name" in flat(cli(*arguments).out), arguments
    ran = cli("apply", "--yes")
    assert ran.code == 4
    assert "may not name" in flat(ran.out)
    assert cli("plan", "--out", "plan.json").code == 0
    ran = cli("apply", "plan.json")
    assert ran.code == 4
    assert "may not name" in flat(ran.err)
    for flag in ("--within", "--equivalent-to"):
        assert cli("apply", flag, "plan.json").code == 4
    draw_looks(world.second)
    approve_looks(world.second)
    assert cli("apply", "plan.json").code == 4, "what was refused when it was saved stays refused"
    assert cli("apply", "--yes").code == 0


def test_few_digits_stand_for_the_whole_fingerprint(world: World, cli: Cli) -> None:
    """Until they fit two versions of which anything is there."""
    world.approved()
    name_production(world.second[:7])
    assert why(cli) == ""
    name_production("a000000")
    unknown = flat(cli(*OFFLINE).out)
    assert "nothing has that fingerprint" in unknown
    assert "`current`" not in unknown, "a guarded alias names a fingerprint"
    twin = world.second[:7] + "0" * 6
    draw_looks(twin)
    approve_looks(twin)
    name_production(world.second[:7])
    fits = " and ".join(sorted((world.second, twin)))
    assert why(cli) == f'the guarded alias production names "{world.second[:7]}", and that fits {fits}'
    name_production(world.second)
    assert why(cli) == ""


def test_the_guard_of_the_base_counts(world: World, cli: Cli) -> None:
    """Whoever takes it away moves nothing in the same request; the removal alone is told, and is not refused."""
    text = MODEL.read_text()
    MODEL.write_text(text.replace(GUARD, ""))
    assert why(cli) == ""
    (told,) = consequences(cli)
    assert (told["alias"], told["before"], told["after"]) == ("production", "looks", None)
    ran = cli(*OFFLINE)
    assert ran.code == 2
    assert "model/lora-max no longer guards production: it may move to a version that nobody approved" in flat(ran.out)
    comment = cli(*OFFLINE, "--format", "markdown").out
    assert "**warning: `model/lora-max` no longer guards production" in comment
    assert "no longer guards production" in cli(*OFFLINE, "--format", "html").out
    for target in (world.second, world.second[:7], "current", "v2"):
        name_production(target)
        assert "the guarded alias production" in why(cli), target
    assert "The guard of the base counts, too" in str(refusals(cli))
    name_production(world.second)
    commit("merged all the same")
    assert why(cli, "plan") == "", "the guard is gone"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("aliases: [production]", "aliases: [candidate]", "no longer guards production"),
        ("gallery: looks}", "gallery: others}", "guards production by gallery/others, and no longer by gallery/looks"),
        (
            "gallery: looks}",
            "gallery: looks, cases: [waving]}",
            "no longer asks for the case reading before production",
        ),
    ],
)
def test_a_weaker_guard_moves_nothing_at_once(world: World, cli: Cli, before: str, after: str, said: str) -> None:
    """The alias taken out, another gallery, fewer cases: what the base asks for is not there."""
    (ROOT / "others.yaml").write_text(GALLERY.replace("looks", "others"))
    commit()
    edit(MODEL, before, after)
    draw_looks(world.second, "waving")
    draw_looks(world.second, gallery="others")
    approve_looks(world.second)
    approve_looks(world.second, gallery="others")
    assert why(cli) == ""
    assert said in flat(cli(*OFFLINE).out)
    name_production(world.second)
    assert why(cli).count("gallery/looks is not complete (missing: reading)") == 1


def test_one_reason_of_two_guards_is_said_once(world: World, cli: Cli) -> None:
    """The guard of the tree asks for a part of what that of the base asks for."""
    edit(MODEL, "gallery: looks}", "gallery: looks, cases: [waving]}")
    draw_looks(world.second)
    name_production(world.second)
    assert why(cli).endswith(f"may not name {world.second}: nobody has approved it in gallery/looks")


def test_a_case_that_is_taken_away_is_asked_for_all_the_same(world: World, cli: Cli) -> None:
    """Nothing that the tree approves now can name it, so the move has to wait for its own request."""
    draw_looks(world.second)
    commit()
    edit(ROOT / "gallery.yaml", "    - {name: reading, prompt: reading, seed: 7}\n", "")
    approve_looks(world.second)
    name_production(world.second)
    assert "its approval in gallery/looks is void (reading is not in it)" in why(cli)
    assert "no longer asks for the case reading" in flat(cli(*OFFLINE).out)
    name_production(world.first)
    commit("the case is gone")
    name_production(world.second)
    assert why(cli) == ""


def test_a_renamed_gallery_goes_on_guarding(world: World, cli: Cli) -> None:
    """By each case of the base. By hand the approvals have to be given again; `mv` takes them along."""
    world.approved()
    edit(ROOT / "gallery.yaml", "name: looks", "name: views")
    edit(MODEL, "gallery: looks", "gallery: views")
    name_production(world.second)
    assert f'looks/{world.second}.approved.json is for the gallery "looks"' in why(cli)
    approve_looks(world.second, gallery="views")
    assert why(cli) == ""
    edit(ROOT / "gallery.yaml", "    - {name: reading, prompt: reading, seed: 7}\n", "")
    approve_looks(world.second, gallery="views")
    assert "its approval in gallery/views is void (reading is not in it)" in why(cli)
    git("checkout", "--quiet", "manifests")
    name_production(world.second)
    assert cli("mv", "gallery/looks", "views").code == 0
    assert why(cli) == ""
    assert [(one["before"], one["after"]) for one in consequences(cli)] == [("looks", "views")]


def test_a_renamed_model_keeps_its_guard(world: World, cli: Cli) -> None:
    """And what it approved before."""
    world.approved()
    edit(MODEL, "name: lora-max", "name: lora-best, moved: {from: lora-max}")
    edit(ROOT / "gallery.yaml", "model: lora-max", "model: lora-best")
    assert (why(cli), consequences(cli)) == ("", [])
    name_production(world.second)
    assert why(cli) == ""
    (ROOT / "looks" / f"{world.second}.approved.json").unlink()
    assert "nobody has approved it" in why(cli)
    MODEL.write_text(MODEL.read_text().replace(GUARD, ""))
    assert "nobody has approved it" in why(cli)


def test_a_new_name_that_is_guarded_is_a_move(world: World, cli: Cli) -> None:
    """An alias that is new, one that comes back, and one of a new model."""
    edit(MODEL, "[production]", "[production, stable]")
    edit(MODEL, f"production: {world.first}", f"production: {world.first}, stable: {world.second}")
    assert "the guarded alias stable may not name" in why(cli)
    git("checkout", "--quiet", "manifests")
    MODEL.write_text("".join(line for line in MODEL.read_text().splitlines(True) if "aliases: {" not in line))
    assert why(cli) == ""
    commit("production is gone")
    name_production(world.second)
    assert "the guarded alias production may not name" in why(cli)
    git("checkout", "--quiet", "manifests")
    (ROOT / "other.yaml").write_text(
        MODEL.read_text().replace("lora-max", "lora-new").replace("looks", "news").replace("light", "max")
        + f"  aliases: {{production: {world.first}}}\n"
    )
    (ROOT / "news.yaml").write_text(GALLERY.replace("looks", "news").replace("lora-max", "lora-new"))
    assert "gallery/news is not complete" in why(cli)


def test_few_digits_do_not_let_a_new_definition_slip_under_them(world: World, cli: Cli) -> None:
    """Seven digits can be forged. Where they come to fit what the manifest describes, they are judged although they stay."""
    third = world.third()
    name_production(third[:7])
    edit(ROOT / "dataset.yaml", "red hair,", "purple hair,")
    commit("digits that fit nothing here")
    edit(ROOT / "dataset.yaml", "purple hair,", "red hair,")
    assert f"may not name {third}: gallery/looks is not complete" in why(cli)


def test_another_version_under_the_guard_leaves_production_alone(world: World, cli: Cli) -> None:
    """Neither a new definition, nor a new case, nor a case that is defined otherwise stops a request that moves nothing."""
    world.approved()
    name_production(world.second)
    commit("promoted")
    world.third()
    assert why(cli) == ""
    (ROOT / "gallery.yaml").write_text(GALLERY + "    - {name: sitting, prompt: sitting, seed: 7}\n")
    assert why(cli) == ""
    assert consequences(cli)[0]["new"] == ["sitting"]
    assert "asks for the case sitting before production moves" in flat(cli(*OFFLINE).out)
    edit(ROOT / "gallery.yaml", "prompt: waving", "prompt: waving twice")
    assert why(cli) == ""
    assert "the case waving as it is defined now before production moves" in flat(cli(*OFFLINE).out)
    commit("a case more")
    assert why(cli, "plan") == "", "neither is an apply on main stopped: production named it when it was approved"


def test_a_roll_back_needs_nothing(world: World, cli: Cli) -> None:
    """To what was approved, also by fewer cases, and to what production named before it was guarded."""
    world.approved()
    name_production(world.second)
    commit("promoted")
    world.third()
    third = fingerprint(cli)
    (ROOT / "gallery.yaml").write_text(GALLERY + "    - {name: sitting, prompt: sitting, seed: 7}\n")
    draw_looks(third)
    approve_looks(third)
    name_production(third)
    commit("promoted once more")
    name_production(world.second)
    assert why(cli) == ""
    (note,) = [
        one for one in json.loads(cli(*OFFLINE, "--format", "json").out)["plan"]["notes"] if "back" in one["rule"]
    ]
    assert re.fullmatch(
        rf"production goes back to {world.second}, which it named at commit [0-9a-f]{{12}}: nothing has to be approved anew",
        note["text"],
    )
    name_production(world.first)
    assert why(cli) == "", "it stood there when the guard came"
    commit("rolled back")
    assert why(cli, "plan") == ""


def test_a_roll_back_passes_renames(world: World, cli: Cli) -> None:
    """Also when the manifest says no more what the model was called, and by first characters, after its pictures went."""
    world.approved()
    name_production(world.second)
    commit("promoted")
    edit(MODEL, "name: lora-max", "name: lora-best, moved: {from: lora-max}")
    edit(ROOT / "gallery.yaml", "model: lora-max", "model: lora-best")
    commit("renamed")
    edit(MODEL, ", moved: {from: lora-max}", "")
    commit("long ago")
    shutil.rmtree(ROOT / "looks")
    for target in (world.first, world.first[:8]):
        name_production(target)
        assert why(cli) == ""
    name_production(world.second[:7])
    assert why(cli) == "", "the same version in fewer characters"


def test_a_tree_with_problems_is_passed_over(world: World, cli: Cli) -> None:
    """It was never applied, so nothing was named by it; older commits count all the same."""
    MODEL.write_text(MODEL.read_text().replace(GUARD, ""))
    name_production(world.second)
    (ROOT / "broken.yaml").write_text("kind: Gallery\n")
    commit("broken")
    (ROOT / "broken.yaml").unlink()
    git("checkout", "--quiet", "HEAD~1", "--", "manifests")
    commit("mended")
    name_production(world.second)
    assert "may not name" in why(cli)
    name_production(world.first)
    assert why(cli) == ""


def test_what_followed_the_manifest_before_the_guard_may_be_named(world: World, cli: Cli) -> None:
    """`current` was a version, too; a number was one of one account, which git does not tell."""
    MODEL.write_text(MODEL.read_text().replace(GUARD, ""))
    third = world.third()
    for target in ("current", "v1"):
        name_production(target)
        commit(target)
    MODEL.write_text(MODEL.read_text() + GUARD)
    name_production(third)
    assert why(cli) == "", "the guard comes, and production named that"
    edit(ROOT / "dataset.yaml", "red hair,", "green hair,")
    name_production(fingerprint(cli))
    assert "may not name" in why(cli)


def test_approved_alone_is_no_roll_back(world: World, cli: Cli) -> None:
    """A version that production never named is judged by the cases of now."""
    world.approved()
    (ROOT / "gallery.yaml").write_text(GALLERY + "    - {name: sitting, prompt: sitting, seed: 7}\n")
    commit("a case more")
    name_production(world.second)
    assert "gallery/looks is not complete (missing: sitting)" in why(cli)


def test_what_a_merged_branch_held_on_the_way_is_no_history(world: World, cli: Cli) -> None:
    """Nobody looked at its commits one by one: they could name anything, and take it back."""
    git("checkout", "--quiet", "-b", "branch")
    MODEL.write_text(MODEL.read_text().replace(GUARD, ""))
    name_production(world.second)
    commit("without a guard")
    git("checkout", "--quiet", "main", "--", "manifests")
    commit("as before")
    git("checkout", "--quiet", "main")
    git("merge", "--quiet", "--no-ff", "branch", "-m", "merged")
    name_production(world.second)
    assert "may not name" in why(cli)
    assert "may not name" in why(cli, "plan")


def test_main_is_judged_by_what_moved_the_alias(world: World, cli: Cli) -> None:
    """What was named before the guard stands; what was merged against it stops an apply, until it is approved or goes back."""
    assert why(cli, "plan") == ""
    name_production(world.second)
    commit("merged against the gate")
    assert "may not name" in why(cli, "plan")
    assert why(cli) == "", "a request that does not move it is not stopped"
    ran = cli("apply", "--yes")
    assert ran.code == 4
    assert "What has nothing to do with model/lora-max goes on without it: `--exclude model/lora-max`." in flat(ran.out)
    assert why(cli, "plan", "--exclude", "model/lora-max") == ""
    draw_looks(world.second)
    approve_looks(world.second)
    assert why(cli, "plan") == ""


@pytest.mark.parametrize("lacks", ["pictures", "a picture", "the picture that was approved"])
def test_what_was_merged_without_its_pictures_stops_an_apply(world: World, cli: Cli, lacks: str) -> None:
    """An approval alone does not say that what was approved was there; going on from such a commit is no roll-back."""
    world.approved()
    name_production(world.second)
    looks = ROOT / "looks" / world.second
    match lacks:
        case "pictures":
            shutil.rmtree(looks)
        case "a picture":
            (looks / "waving.png").unlink()
        case _:
            draw_looks(world.second, "waving", colour=9)
    commit("merged against the gate")
    assert "may not name" in why(cli, "plan")
    git("checkout", "--quiet", "HEAD~1", "--", "manifests/looks")
    assert why(cli, "plan") == ""
    commit("with its pictures")
    shutil.rmtree(looks)
    assert why(cli, "plan") == "", "once it was all there, it may be named again"


def test_a_shallow_clone_says_what_it_lacks(
    world: World, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate does not open because nobody can know."""
    world.approved()
    name_production(world.second)
    commit("promoted")
    (ROOT / "gallery.yaml").write_text(GALLERY + "    - {name: sitting, prompt: sitting, seed: 7}\n")
    commit("a case more")
    git("clone", "--quiet", "--depth=1", f"file://{tmp_path}", str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    found = refusals(cli, "plan")
    assert "`fetch-depth: 0`" in str(found[0]["remedies"])
    git("fetch", "--quiet", "--unshallow")
    assert refusals(cli, "plan") == []


def test_outside_of_git_only_the_files_count(tree: Path, cli: Cli) -> None:
    """There is no history that could allow anything."""
    (ROOT / "gallery.yaml").write_text(GALLERY)
    found = fingerprint(cli)
    MODEL.write_text(MODEL.read_text() + GUARD)
    name_production(found)
    assert "is not complete" in why(cli, "plan")
    draw_looks(found)
    approve_looks(found)
    assert why(cli, "plan") == ""
