"""How objects, commands and options are named on the command line, and what is said of a name that will not do."""

from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from reconciler.cli.command_table import root
from reconciler.cli.shared_options import Invocation
from tests.cli.conftest import Cli


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("plna", 'There is no command "plna". Did you mean plan?'),
        ("captions puul x", 'There is no command "puul". Did you mean pull?'),
        ("list", 'There is no command "list".\n'),
        ("plan --formt json", 'There is no option "--formt". Did you mean --format?'),
        ("validate --base x", 'There is no option "--base".\n'),
        ("plan --target lora-poses", "'lora-poses' names no kind; did you mean dataset/lora-poses?"),
        ("destroy --target lora-pose", "'lora-pose' names no kind; did you mean dataset/lora-poses?"),
        ("plan --target dataset/lora-pose", "No manifest declares dataset/lora-pose. Did you mean dataset/lora-poses?"),
        ("plan --accept model/lora-poses", "No manifest declares model/lora-poses. Did you mean dataset/lora-poses?"),
        ("plan --retry lora-mx", "Did you mean model/lora-max?"),
        ("history lora-pose", "'lora-pose' names no kind; did you mean dataset/lora-poses?"),
        ("history model/lora-mx", "nothing live bears its name. Did you mean model/lora-max?"),
        ("diff dataset/lora-pose v1..v2", "nothing live bears its name. Did you mean dataset/lora-poses?"),
        ("guide lora-pose", "Did you mean dataset/lora-poses?"),
        ("captions pull lora-pose", "Did you mean dataset/lora-poses?"),
        ("doctor lora-pose", "Did you mean dataset/lora-poses?"),
        ("migrate lra --to schema", "Did you mean project/lora?"),
        ("output lora-mx", "No manifest declares model/lora-mx. Did you mean model/lora-max?"),
        ("wait lora-max@prod", "model/lora-max has no alias prod."),
    ],
)
def test_what_was_meant_is_said(tree: Path, cli: Cli, line: str, words: str) -> None:
    """One guess, and none where nothing is like it."""
    ran = cli(*line.split())
    assert (ran.code, ran.out) == (64, "")
    assert words in ran.err


def test_a_bare_name_will_do_where_one_object_bears_it(applied: Path, cli: Cli) -> None:
    """And an error says which ones bear it where two do."""
    assert cli("history", "lora-poses").out == cli("history", "dataset/lora-poses").out
    assert cli("history", "lora-max", "--root", "manifests").out == cli("history", "model/lora-max").out
    assert cli("diff", "lora-max", "v1..v1").code == 0
    model = applied / "manifests/model.yaml"
    model.write_text(model.read_text().replace("lora-max", "lora-poses"))
    ran = cli("history", "lora-poses")
    assert ran.code == 64
    assert "did you mean dataset/lora-poses or model/lora-poses?" in ran.err


def test_output_prints_the_models_that_are_named(applied: Path, cli: Cli) -> None:
    """Another model stays out of it, with the exit code of its aliases."""
    model = (applied / "manifests/model.yaml").read_text()
    (applied / "manifests/other.yaml").write_text(
        model.replace("lora-max", "other") + "  description: another one\n  aliases: {production: v7}\n"
    )
    assert cli("output", "--format", "env").code == 1
    ran = cli("output", "lora-max", "--format", "env")
    assert ran.code == 0
    assert {line.split("_ID=")[0] for line in ran.out.splitlines() if "_ID=" in line} == {"MODEL_LORA_MAX"}


def completed(line: str) -> list[str]:
    """What a shell would offer at the end of a line."""
    words = line.split(" ")
    complete = BashComplete(root, {"obj": Invocation(environ={})}, "reconciler", "_RECONCILER_COMPLETE")
    return [item.value for item in complete.get_completions(words[1:-1], words[-1])]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("reconciler pl", ["plan"]),
        ("reconciler plan --target ", ["project/lora", "dataset/lora-poses", "model/lora-max"]),
        ("reconciler plan --target data", ["dataset/lora-poses"]),
        ("reconciler plan --retry ", ["lora-max"]),
        ("reconciler plan --retry model/", ["model/lora-max"]),
        ("reconciler history lora-", ["lora-poses", "lora-max"]),
        ("reconciler history d", ["dataset/lora-poses"]),
        ("reconciler captions pull ", ["lora-poses"]),
        ("reconciler migrate ", ["lora"]),
        ("reconciler wait l", ["lora-max"]),
        ("reconciler output --root nowhere ", []),
        ("reconciler doctor model/", []),
    ],
)
def test_shells_complete_what_the_manifests_declare(
    tree: Path, capfd: pytest.CaptureFixture[str], line: str, offered: list[str]
) -> None:
    """A manifest with faults has its name all the same, and nothing is printed."""
    (tree / "manifests/dataset.yaml").write_text("kind: Dataset\nmetadata: {name: lora-poses}\n")
    (tree / "manifests/broken.yaml").write_text("a: [")
    assert completed(line) == offered
    assert capfd.readouterr() == ("", "")


def test_a_name_that_two_objects_bear_is_completed_with_its_kind(tree: Path) -> None:
    """The bare name would be refused."""
    model = tree / "manifests/model.yaml"
    model.write_text(model.read_text().replace("lora-max", "lora-poses"))
    assert completed("reconciler history ") == ["dataset/lora-poses", "model/lora-poses"]
