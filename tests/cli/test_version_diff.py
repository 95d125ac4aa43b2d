"""`reconciler diff`: two live versions, or two revisions of the tree."""

import asyncio
import json
import os
import re
from pathlib import Path

import pytest

from reconciler.app.exceptions import WrongUsage
from reconciler.app.planning import Scope, make_plan
from reconciler.app.session import clock_of, session
from reconciler.app.settings import resolve_settings
from reconciler.app.validate import validate
from reconciler.app.version_diff import compare_live
from reconciler.cli.options import current_day
from reconciler.core.kind import Kind
from reconciler.core.look.version_diff import Difference, ModelDifference
from reconciler.core.ref import Ref
from tests.cli.conftest import Cli, draw, edit, git

EXPERT = """\
apiVersion: reconciler/v1
kind: Model
metadata: {name: lora-max}
spec:
  dataset: lora-poses
  training_mode: expert
  training_version: bria-3.2
  training: {rank: 64}
"""


def change(manifests: Path) -> None:
    """One image comes, one goes, one is replaced; a caption and the prefix change."""
    draw(manifests / "images/run.png", (1, 2, 3))
    (manifests / "images/run.txt").write_text("running in the rain.\n")
    for suffix in ("png", "txt"):
        (manifests / f"images/sit.{suffix}").unlink()
    draw(manifests / "images/jump.png", (4, 5, 6))
    edit(manifests / "images/read.txt", "a red book", "a blue book")
    edit(manifests / "dataset.yaml", "a female character", "a girl")


def commit() -> None:
    git("add", "--all", "manifests")
    git("commit", "--quiet", "-m", "x")


@pytest.fixture
def repository(tree: Path) -> Path:
    """The tree, committed twice; `world.db` is not part of it."""
    git("init", "--quiet", "--initial-branch=main")
    commit()
    change(tree / "manifests")
    (tree / "manifests/model.yaml").write_text(EXPERT)
    commit()
    return tree


DATASET_ROWS = (
    "    caption_prefix   An illustration of a character named Lora, a [-female character-] {+girl+} with",
    "    images           - sit.png ",
    "                     ~ jump.png   another picture under the same name\n",
    '                     + run.png    "running in the rain."\n',
    "    captions         ~ read.png   from git: reading a [-red-] {+blue+} book.\n",
    "1 field, 1 image added, 1 image removed, 1 image replaced, 1 caption",
)


def test_two_live_versions(applied: Path, cli: Cli) -> None:
    """Of a dataset; of a model with what it was trained on and how."""
    change(applied / "manifests")
    (applied / "manifests/model.yaml").write_text(EXPERT)
    assert cli("apply", "--yes", "--wait", "training", "--allow", "image_removals_percent=40").code == 0
    ran = cli("diff", "dataset/lora-poses", "v1..v2")
    assert ran.code == 0
    assert [row for row in DATASET_ROWS if row not in ran.out] == [], ran.out
    back = cli("diff", "dataset/lora-poses", "v2..v1").out
    assert "+ sit" in back
    ran = cli("diff", "model/lora-max", "v1..v2")
    assert re.search(r"^    dataset +lora-poses \[-v1-\] \{\+v2\+\}$", ran.out, re.MULTILINE)
    assert re.search(r"^    training.rank +64$", ran.out, re.MULTILINE)
    assert "~ read.png   from git: reading a [-red-] {+blue+} book." in ran.out
    found = json.loads(cli("diff", "model/lora-max", "v1..v2", "--format", "json").out)
    assert [one["effect"] for one in found["dataset"]["images"]] == ["replaced", "added", "removed"]
    assert "v1 and v1 are the same." in cli("diff", "model/lora-max", "v1..v1").out
    assert "v1 and v1 hold the same." in cli("diff", "dataset/lora-poses", "v1..v1").out


def test_versions_that_are_not_there_name_those_that_are(applied: Path, cli: Cli) -> None:
    """Exit code 64, whatever the kind."""
    ran = cli("diff", "model/lora-max", "v1..v7")
    assert (ran.code, ran.err) == (64, "There is no model/lora-max v7; there are v1.\n")
    ran = cli("diff", "dataset/lora-poses", "v3..v1")
    assert (ran.code, ran.err) == (64, "There is no dataset/lora-poses v3; there are v1.\n")
    ran = cli("diff", "dataset/nope", "v3..v1")
    assert (ran.code, ran.err) == (64, "No manifest declares dataset/nope, and nothing live bears its name.\n")


def test_what_is_deleted_since_the_lists_were_read(applied: Path, cli: Cli) -> None:
    """A model is compared as it was listed, without its dataset; a dataset cannot be compared, and that is said."""
    change(applied / "manifests")
    assert cli("apply", "--yes", "--wait", "training", "--allow", "image_removals_percent=40").code == 0
    found = asyncio.run(_compare_while_deleting())
    assert isinstance(found, ModelDifference)
    assert (found.before.label, found.missing, found.dataset) == ("v1", ("v1",), None)


async def _compare_while_deleting() -> Difference:
    """The first versions of both are deleted between the lists and the reads."""
    settings = resolve_settings({}, os.environ)
    async with session(settings, clock_of(settings)) as opened:
        planned = await make_plan(opened, settings, validate(settings, current_day()), Scope())
        (model,) = (one for one in planned.observed.models.values() if one.name.startswith("lora-max v1"))
        (dataset,) = (one for one in planned.observed.datasets.values() if one.name.startswith("lora-poses v1"))
        await opened.client.delete_model(model.id)
        await opened.client.delete_dataset(dataset.id)
        with pytest.raises(WrongUsage, match=r"^dataset/lora-poses v1 was deleted just now\.$"):
            await compare_live(opened, planned, Ref(Kind.DATASET, "lora-poses"), (1, 2))
        return await compare_live(opened, planned, Ref(Kind.MODEL, "lora-max"), (1, 2))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Name two live versions"),
        (("v1..v2", "--rev", "main"), "one of the two"),
        (("v1",), "write two versions as v1..v2"),
        (("v0..v1",), "write two versions as v1..v2"),
        (("--rev", ".."), "write one revision"),
        (("--rev", "main.."), "write one revision"),
        (("--rev", "main...HEAD"), "write one revision"),
        (("--rev", "a..b..c"), "write one revision"),
        (("--rev", "main"), "lies in no git repository"),
    ],
)
def test_wrong_usage(tree: Path, cli: Cli, arguments: tuple[str, ...], words: str) -> None:
    """Exit code 64 and what to write instead."""
    ran = cli("diff", "model/lora-max", *arguments)
    assert (ran.code, words in ran.err) == (64, True)


@pytest.mark.parametrize("rev", ["--upload-pack=touch proof", "-x", "$(touch proof)", "HEAD..--help", "a b"])
def test_what_is_no_revision(repository: Path, cli: Cli, rev: str) -> None:
    """H84: never an option or a command, in either place."""
    ran = cli("diff", "model/lora-max", f"--rev={rev}")
    assert (ran.code, "names no revision" in ran.err) == (64, True)
    assert not (repository / "proof").exists()


def test_two_revisions_offline(repository: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """No token, no endpoint, no world: nothing but git is asked."""
    monkeypatch.delenv("RECONCILER_ENDPOINT")
    ran = cli("diff", "model/lora-max", "--rev", "HEAD~1..HEAD")
    assert (ran.code, ran.err) == (0, "")
    assert [row for row in DATASET_ROWS[:5] if row not in ran.out] == [], ran.out
    assert "HEAD~1 -> HEAD" in ran.out
    assert "    training.rank    64\n" in ran.out
    assert all(row in cli("diff", "dataset/lora-poses", "--rev", "main~1..main").out for row in DATASET_ROWS)
    assert not (repository / "world.db").exists()


def test_a_revision_and_the_working_tree(repository: Path, cli: Cli) -> None:
    """What is not committed yet."""
    assert "HEAD and working tree are the same." in cli("diff", "model/lora-max", "--rev", "HEAD").out
    edit(repository / "manifests/model.yaml", "rank: 64", "rank: 128")
    assert "training.rank    64 -> 128" in cli("diff", "model/lora-max", "--rev", "HEAD").out


def test_a_broken_revision_shows_its_problems_where_they_stand(repository: Path, cli: Cli) -> None:
    """Exit code 3, places as `REV:path:line:column`, also inside the sentences; no temporary folder is named."""
    double = "apiVersion: reconciler/v1\nkind: Model\nmetadata: {name: lora-max}\nspec: {dataset: lora-poses}\n"
    (repository / "manifests/other.yaml").write_text(double)
    edit(repository / "manifests/dataset.yaml", "caption_prefix", "caption_prefx")
    commit()
    edit(repository / "manifests/dataset.yaml", "caption_prefx", "caption_prefix")
    (repository / "manifests/other.yaml").unlink()
    ran = cli("diff", "model/lora-max", "--rev", "HEAD")
    assert (ran.code, ran.out) == (3, "")
    assert 'HEAD:manifests/dataset.yaml:6:3  unknown key "caption_prefx" in Dataset' in ran.err
    assert "It stands at HEAD:manifests/model.yaml:3:18 already." in ran.err
    assert "/tmp" not in ran.err
    assert cli("diff", "model/lora-max", "--rev", "HEAD~1").code == 0


def test_a_revision_that_does_not_declare_it(repository: Path, cli: Cli) -> None:
    """Names those that it declares; a revision without any manifest is a problem, never an empty tree."""
    git("mv", "manifests/model.yaml", "manifests/later.yaml")
    edit(repository / "manifests/later.yaml", "lora-max", "lora-late")
    commit()
    ran = cli("diff", "model/lora-max", "--rev", "HEAD~1..HEAD")
    assert (ran.code, ran.err) == (64, "No manifest declares model/lora-max at HEAD; there are model/lora-late.\n")
    git("rm", "-r", "--quiet", "manifests/later.yaml")
    git("commit", "--quiet", "-m", "x")
    ran = cli("diff", "model/lora-max", "--rev", "HEAD~1..HEAD")
    assert "there are no models." in cli("diff", "model/lora-late", "--rev", "HEAD~1..HEAD").err
    git("rm", "-r", "--quiet", "manifests")
    (repository / "empty").write_text("")
    git("add", "empty")
    git("commit", "--quiet", "-m", "x")
    ran = cli("diff", "model/lora-late", "--rev", "HEAD~2..HEAD")
    assert (ran.code, "HEAD:manifests  there are no manifests" in ran.err) == (3, True)
