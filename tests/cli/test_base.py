"""`plan --base REV`: what a change would do, told without a token and without asking anyone."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, draw, edit, flat, git


@pytest.fixture
def committed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tree as `main`; nothing in the environment says where the API is, or who asks."""
    monkeypatch.delenv("RECONCILER_ENDPOINT")
    for name in ("BRIA_API_TOKEN", "BRIA_API_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    git("init", "--quiet", "--initial-branch=main")
    git("add", "--all")
    git("commit", "--quiet", "-m", "x")
    return tree


def test_nothing_differs_from_its_own_revision(committed: Path, cli: Cli) -> None:
    """One line, exit 0, no token, no network."""
    ran = cli("plan", "--base", "main", "--detailed-exitcode")
    assert (ran.code, ran.err) == (0, "")
    assert (
        ran.out == "This change does nothing on the live side: compared with git main, nothing was asked of the API.\n"
    )


def test_a_change_pulls_in_what_is_built_on_it(committed: Path, cli: Cli) -> None:
    """The model is trained although nobody edited it, and that is said; no version is a number."""
    draw(committed / "manifests/images/run.png", (1, 2, 3))
    (committed / "manifests/images/run.txt").write_text("running.\n")
    ran = cli("plan", "--base", "main", "--detailed-exitcode")
    assert ran.code == 2
    assert "compared with git main, nothing was asked of the API" in flat(ran.out)
    assert "next version" in ran.out
    assert "fully_automated max on the next version of dataset/lora-poses" in flat(ran.out)
    assert "v?" not in ran.out
    assert "note: not edited, but built on what this change edits: model/lora-max." in ran.out
    assert "v1" not in ran.out
    assert "v2" not in ran.out
    assert "(id " not in ran.out


def test_a_new_alias_beside_a_training_is_told_with_it(committed: Path, cli: Cli) -> None:
    """What it names before and after the training, by fingerprints: no account was asked."""
    was = cli("validate").out.split("lora-max", 1)[1].split()[0]
    aliases = f"  aliases: {{production: {was[:7]}, candidate: current}}\n"
    (committed / "manifests/model.yaml").write_text((committed / "manifests/model.yaml").read_text() + aliases)
    edit(committed / "manifests/model.yaml", "training_version: max", "training_version: light")
    ran = cli("plan", "--base", "main")
    assert ran.code == 0, ran
    assert f"model/lora-max production is new and names {was[:7]} " in flat(ran.out)
    assert "candidate is new and names a" in flat(ran.out)
    assert "warning" not in ran.out


def test_a_looser_limit_and_a_forgotten_expectation_are_never_folded(committed: Path, cli: Cli) -> None:
    """Said as what costs, also where the change does nothing else."""
    (committed / "manifests/reconciler.yaml").write_text(
        "limits: {trainings: 1, deletions: 3}\nexpect: {trainings: 0}\n"
    )
    git("add", "--all")
    git("commit", "--quiet", "-m", "limits")
    (committed / "manifests/reconciler.yaml").write_text("limits: {trainings: 50}\n")
    ran = cli("plan", "--base", "main")
    assert ran.code == 0
    assert "warning: this change loosens limits.trainings from 1 to 50." in ran.out
    assert "warning: this change loosens limits.deletions from 3 to no limit." in ran.out
    assert "warning: this change takes away expect.trainings, which was 0." in ran.out
    assert cli("plan", "--base", "main", "--detailed-exitcode").code == 2


def test_a_revision_without_manifests_is_a_first_adoption(tree: Path, cli: Cli) -> None:
    """Everything is new, and that is said."""
    (tree / "README").write_text("x")
    git("init", "--quiet", "--initial-branch=main")
    git("add", "README")
    git("commit", "--quiet", "-m", "x")
    ran = cli("plan", "--base", "main", "--detailed-exitcode")
    assert ran.code == 2
    assert "main has no folder of manifests: everything is new" in flat(ran.out)
    assert "1 project is created, 1 dataset is created, 1 model is trained" in flat(ran.out)


def test_a_broken_base_is_a_problem_and_a_missing_one_wrong_usage(committed: Path, cli: Cli) -> None:
    """Never a plan against nothing (H85)."""
    text = (committed / "manifests/project.yaml").read_text()
    (committed / "manifests/project.yaml").write_text("broken: [")
    git("commit", "--quiet", "--all", "-m", "broken")
    (committed / "manifests/project.yaml").write_text(text)
    broken = cli("plan", "--base", "main")
    assert broken.code == 3
    assert "main:manifests/project.yaml" in broken.err
    assert cli("plan", "--base", "nope").code == 64
    assert cli("plan", "--base", "--upload-pack=x").code == 64


def test_without_a_token_one_sentence_offers_the_base(committed: Path, cli: Cli) -> None:
    """H82: what a fork's pull request sees."""
    ran = cli("plan")
    assert ran.code == 64
    assert "`reconciler plan --base REV`" in flat(ran.err)


def test_an_open_draft_that_is_to_be_completed_counts_its_training(committed: Path, cli: Cli) -> None:
    """A base that asked for a draft had no model trained on it: the cost is not understated."""
    edit(committed / "manifests/dataset.yaml", "  project: lora\n", "  project: lora\n  status: draft\n")
    git("commit", "--quiet", "--all", "-m", "draft")
    assert "does nothing" in cli("plan", "--base", "main").out
    edit(committed / "manifests/dataset.yaml", "  status: draft\n", "")
    assert "1 model is trained" in flat(cli("plan", "--base", "main").out)


def test_a_model_to_be_started_counts_its_training(committed: Path, cli: Cli) -> None:
    """`start: false` at the base: nobody knows that a person started it."""
    model = committed / "manifests/model.yaml"
    model.write_text(model.read_text() + "  training: {start: false}\n")
    git("commit", "--quiet", "--all", "-m", "created")
    assert "does nothing" in cli("plan", "--base", "main").out
    edit(model, "start: false", "start: true")
    assert "1 model is trained" in flat(cli("plan", "--base", "main").out)


def test_what_is_no_longer_declared_stays(committed: Path, cli: Cli) -> None:
    """A vanished file deletes nothing (H86), and an absent manifest says that the number of versions is not known."""
    (committed / "manifests/model.yaml").unlink()
    ran = cli("plan", "--base", "main")
    assert "model/lora-max is no longer declared, nothing is sent." in flat(ran.out)
    assert "model/lora-max is no longer declared: what is live of it stays" in flat(ran.out)
    assert cli("plan", "--base", "main", "--detailed-exitcode").code == 2
    absent = "apiVersion: reconciler/v1\nkind: Model\nmetadata: {name: lora-max, ensure: absent}\nspec: {dataset: lora-poses}\n"
    (committed / "manifests/model.yaml").write_text(absent)
    gone = cli("plan", "--base", "main")
    assert gone.code == 0, gone
    assert "every live version deleted" in gone.out
    assert "at least 1 version is deleted" in flat(gone.out)
    assert "at least 1 live object" in flat(gone.out)
    for form in ("markdown", "html"):
        said = cli("plan", "--base", "main", "--format", form).out
        assert "at least 1 version is deleted" in said
        assert "at least 1" in said.replace("at least 1 version", "")
    assert "how many there are is not known offline" in flat(gone.out)


def test_what_looks_like_a_rename_is_refused_offline_too(committed: Path, cli: Cli) -> None:
    """And a declared move costs nothing."""
    for name in ("dataset", "model"):
        edit(committed / f"manifests/{name}.yaml", "lora-poses", "lora-hero")
    ran = cli("plan", "--base", "main")
    assert "holds exactly its content" in flat(ran.out)
    assert "(id " not in ran.out
    edit(
        committed / "manifests/dataset.yaml",
        "metadata: {name: lora-hero}",
        "metadata: {name: lora-hero, moved: {from: lora-poses}}",
    )
    moved = cli("plan", "--base", "main")
    assert "nothing is destroyed" in flat(moved.out), moved
    assert "trained" not in moved.out


def test_a_project_field_changes_in_place(committed: Path, cli: Cli) -> None:
    """No id is shown, and it is no take-over."""
    edit(committed / "manifests/project.yaml", "purple hair", "green hair")
    ran = cli("plan", "--base", "main")
    assert "~ project/lora" in ran.out
    assert "take" not in ran.out
    assert "console" not in ran.out


def test_live_beside_base_tells_drift_apart(committed: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account is empty: everything differs, and this change touched only the project."""
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:world.db")
    edit(committed / "manifests/project.yaml", "purple hair", "green hair")
    ran = cli("plan", "--base", "main", "--live")
    assert ran.code == 0
    assert "note: model/lora-max: drift: not by this change." in ran.out
    assert "note: project/lora: drift" not in ran.out


def test_what_only_the_live_side_can_tell_is_wrong_usage(committed: Path, cli: Cli) -> None:
    """--prune and its like, and --live without a base."""
    assert cli("plan", "--base", "main", "--prune").code == 64
    assert cli("plan", "--live").code == 64


def test_pointers_of_git_lfs_are_enough(committed: Path, cli: Cli) -> None:
    """In the checkout and in the base: an image is known by the digest that its pointer tells."""
    wave = committed / "manifests/images/wave.png"
    wave.write_text(pointer("e"))
    git("commit", "--quiet", "--all", "-m", "pointer")
    assert "does nothing" in cli("plan", "--base", "main").out
    wave.write_text(pointer("f"))
    ran = cli("plan", "--base", "main", "--allow", "image_removals_percent=50")
    assert ran.code == 0
    assert "another picture under the same name" in flat(ran.out)


def pointer(digit: str) -> str:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digit * 64}\nsize 12345\n"


def test_a_target_and_an_unknown_ref_work_as_ever(committed: Path, cli: Cli) -> None:
    """Scopes are of the tree, not of the account."""
    edit(committed / "manifests/project.yaml", "purple hair", "green hair")
    edit(committed / "manifests/model.yaml", "training_version: max", "training_version: light")
    ran = cli("plan", "--base", "main", "--target", "project/lora")
    assert "model/lora-max" not in ran.out
    assert cli("plan", "--base", "main", "--target", "project/nope").code == 64


def test_a_broken_base_is_told_to_be_the_base(tree: Path, cli: Cli) -> None:
    """The change that mends it cannot be compared with it; the way on is told, and nobody looks in the wrong tree."""
    edit(tree / "manifests/dataset.yaml", "caption_prefix:", "caption_prefx:")
    git("init", "--quiet", "--initial-branch=main")
    git("add", "manifests")
    git("commit", "--quiet", "-m", "x")
    edit(tree / "manifests/dataset.yaml", "caption_prefx:", "caption_prefix:")
    ran = cli("plan", "--base", "main")
    assert ran.code == 3
    assert "main:manifests/dataset.yaml:6:3" in ran.err
    assert "1 problem, all in the base main: nothing can be compared with it. Merge what mends it" in flat(ran.err)


def test_a_refused_plan_names_no_way_to_apply_it(applied: Path, cli: Cli) -> None:
    """In the page as on the screen."""
    (applied / "manifests/reconciler.yaml").write_text("limits: {trainings: 0}\n")
    (applied / "manifests/images/wave.txt").write_text("waving with both.\n")
    page = cli("plan", "--format", "html", "--out", "plan.json").out
    for html in (page, cli("show", "plan.json", "--format", "html").out):
        assert "<code>reconciler apply</code> refuses this plan." in html
        assert "Apply it with" not in html


def test_a_token_beside_a_simulator_in_memory_is_told(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """What looks like work on the account is gone with the process."""
    (tree / "manifests/reconciler.yaml").write_text("endpoint: simulator\n")
    monkeypatch.delenv("RECONCILER_ENDPOINT")
    assert "built-in simulator" not in cli("plan").err
    monkeypatch.setenv("BRIA_API_TOKEN", "canary-1234567890")
    for command in (("plan",), ("apply", "--yes")):
        assert (
            "warning: this is the built-in simulator: the token is not used, and nothing of it lasts."
            in cli(*command).err
        )
    assert "built-in simulator" not in cli("plan", "--endpoint", "simulator:world.db").err
