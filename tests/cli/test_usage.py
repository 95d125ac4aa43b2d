"""How the command line is used, and how it ends when it is used wrongly."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.cli.command_table import COMMANDS
from tests.cli.conftest import Cli, git

CANARY = "canary-7f3e9a1c5b"


@pytest.mark.parametrize("command", [*COMMANDS, "captions pull"])
def test_every_help_has_an_example(cli: Cli, command: str) -> None:
    """And names the shared options; it ends with 0."""
    ran = cli(*command.split(), "--help")
    assert ran.code == 0
    assert "Example:\n  reconciler" in ran.out
    assert "--endpoint WHERE" in ran.out
    assert max(len(line) for line in ran.out.splitlines()) <= 100


@pytest.mark.parametrize("command", [*COMMANDS, "captions pull", "gallery run", "gallery report", "gallery status"])
def test_a_help_says_defaults_in_one_way_and_what_may_be_repeated(cli: Cli, command: str) -> None:
    """A default in brackets; each line of an option has words."""
    lines = cli(*command.split(), "--help").out.split("\nOptions:\n")[1].split("\n\n")[0]
    assert "default:" not in lines
    assert "<=" not in lines
    for option in re.split(r"\n(?=  -)", lines):
        flags, _, words = option.strip().partition("  ")
        assert words.strip() or "\n" in option, flags
    for flag in ("--target", "--allow", "--pictures-from", "--case", "--within"):
        if f"  {flag} " in lines:
            assert "may be repeated" in " ".join(lines.split(f"  {flag} ")[1].split("\n  -")[0].split()), flag


def test_every_command_says_what_it_does(cli: Cli) -> None:
    """The table of the group and the commands' own words agree that they exist."""
    out = cli("--help").out
    assert all(f"  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Usage: reconciler"),
        (("captions",), "Usage: reconciler captions"),
        (("plna",), 'There is no command "plna"'),
        (("plan", "--outt", "x"), "--out"),
        (("plan", "--target", "bogus"), "'bogus' names no kind"),
        (("plan", "--target", "model/none"), "No manifest declares model/none."),
        (("plan", "--accept", "model/none"), "No manifest declares model/none."),
        (("plan", "--retry", "model/none"), "No manifest declares model/none."),
        (("plan", "--start", "none"), "No manifest declares model/none."),
        (("plan", "--retry", "dataset/lora-poses"), "a model is expected here"),
        (("destroy", "--target", "model/none", "--yes"), "No manifest declares model/none."),
        (("destroy", "--allow", "x=1", "--yes"), 'There is no limit "x"'),
        (("wait", "dataset/lora-poses"), "a model is expected here"),
        (("wait", "none"), "No manifest declares model/none."),
        (("wait", "lora-max@none"), "model/lora-max has no alias none."),
        (("plan", "--allow", "trainings"), "write LIMIT=N"),
        (("plan", "--allow", "x=1"), 'There is no limit "x"'),
        (("apply", "--allow", "generations=3"), "generations does not count here; what counts is trainings, uploads"),
        (("plan", "--settle", "-3"), "--settle: "),
        (("plan", "--settle", "soon"), "--settle: "),
        (("plan", "--concurrency", "0"), "--concurrency: "),
        (("--tier", "gold", "plan"), "'gold'"),
        (("plan", "--endpoint", "http://example.com"), "unencrypted"),
        (("plan", "--endpoint", "https://user:pw@example.com"), "no user name or password"),
        (("plan", "--endpoint", "https://engine.prod.bria-api.com"), "No token: set BRIA_API_TOKEN"),
        (("plan", "--out", "no/such/folder/plan.json"), "cannot be written"),
        (("show", "none.json"), "There is no plan file none.json."),
        (("apply", "plan.json", "--target", "model/lora-max"), "A saved plan says itself what it is about"),
        (("prefix", "model/x"), "a dataset is expected here"),
        (("captions", "pull", "nope"), "No manifest declares dataset/nope."),
        (("simulate", "--set", "nope=1"), "There is no switch 'nope'"),
        (("simulate", "--fault", "nope"), "Write a fault as"),
        (("simulate", "--speed", "0"), "Speed must be above 0"),
        (("simulate", "--db", "no/such/folder/world.db"), "annot open"),
    ],
)
def test_wrong_usage_ends_with_64_and_says_why(tree: Path, cli: Cli, arguments: tuple[str, ...], words: str) -> None:
    """On stderr, with nothing on stdout."""
    ran = cli(*arguments)
    assert ran.code == 64
    assert words in ran.err
    assert ran.out == ""


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("RECONCILER_TIER", "gold", 'RECONCILER_TIER: "gold" is no tier'),
        ("RECONCILER_CONCURRENCY", "many", "RECONCILER_CONCURRENCY: "),
        ("RECONCILER_COLOR", "red", "RECONCILER_COLOR: "),
        ("RECONCILER_VERBOSE", "7", "RECONCILER_VERBOSE: "),
        ("RECONCILER_ENDPOINT", "http://127.0.0.1.evil.com", "unencrypted"),
    ],
)
def test_a_wrong_variable_is_named(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    """The environment is wrong usage too, and the message says which variable."""
    monkeypatch.setenv(name, value)
    ran = cli("plan")
    assert (ran.code, ran.out) == (64, "")
    assert words in ran.err


def test_a_mistyped_variable_is_a_warning(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """H80: it names the one that was meant, and never the value."""
    monkeypatch.setenv("RECONCILER_ENDPONT", CANARY)
    monkeypatch.setenv("RECONCILER_XYZZY_PLUGH", CANARY)
    ran = cli("validate")
    assert ran.code == 0
    assert 'warning: "RECONCILER_ENDPONT" is set and means nothing; did you mean RECONCILER_ENDPOINT?\n' in ran.err
    assert 'warning: "RECONCILER_XYZZY_PLUGH" is set and means nothing.\n' in ran.err
    assert CANARY not in ran.err


def test_environment_gives_way_to_flags(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every shared option has a variable; an empty one says nothing."""
    monkeypatch.setenv("RECONCILER_ROOT", "elsewhere")
    assert cli("validate").code == 3
    assert cli("validate", "--root", "manifests").code == 0
    monkeypatch.setenv("RECONCILER_ROOT", "")
    assert cli("validate").code == 0


@pytest.mark.parametrize("arguments", [("plan", f"--token={CANARY}"), ("--token", CANARY, "plan")])
def test_there_is_no_token_option(cli: Cli, arguments: tuple[str, ...]) -> None:
    """H75: exit 64, and the value is not shown."""
    ran = cli(*arguments)
    assert ran.code == 64
    assert "There is no --token" in ran.err
    assert CANARY not in ran.out + ran.err


def test_a_token_that_will_not_do_is_not_shown(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """H74."""
    monkeypatch.setenv("BRIA_API_TOKEN", f"{CANARY}\x01")
    ran = cli("plan", "--endpoint", "https://example.com")
    assert ran.code == 64
    assert "control or non-ASCII characters" in ran.err
    assert CANARY not in ran.out + ran.err


def test_an_object_whose_manifest_lost_its_kind_is_not_taken_for_removed(applied: Path, cli: Cli) -> None:
    """Every command says what is missing, once, and the world stays as it is; in comparison with git, too."""
    before = cli("status", "--format", "json").out
    for arguments in (("init", "-b", "main"), ("add", "."), ("commit", "-m", "x")):
        git(*arguments)
    dataset = applied / "manifests/dataset.yaml"
    text = dataset.read_text()
    dataset.write_text(text.replace("kind: Dataset\n", ""))
    for command in (
        "validate",
        "plan",
        "plan --base main",
        "apply --yes",
        "apply --yes --prune",
        "destroy --yes",
        "drift",
    ):
        ran = cli(*command.split())
        assert (ran.code, ran.out) == (3, ""), command
        assert 'dataset.yaml:1:1  "kind" is missing in this manifest' in ran.err, command
        assert "    Write kind: Dataset\n\n1 problem, nothing was sent.\n" in ran.err, command
    dataset.write_text(text)
    assert cli("status", "--format", "json").out == before


def test_problems_end_with_3(tree: Path, cli: Cli) -> None:
    """As text on stderr, as JSON on stdout."""
    (tree / "manifests/dataset.yaml").write_text("apiVersion: reconciler/v1\nkind: Dataset\nmetadata: {name: X}\n")
    for command in ("validate", "plan", "apply --yes", "status"):
        ran = cli(*command.split())
        assert (ran.code, ran.out) == (3, "")
        assert "nothing was sent." in ran.err
    ran = cli("validate", "--format", "json")
    assert ran.code == 3
    assert '"severity": "error"' in ran.out
    assert ran.err == ""


def test_a_valid_tree_is_said_to_be_one(tree: Path, cli: Cli) -> None:
    """With what was looked at; JSON lists no problem."""
    out = cli("validate").out
    assert out.startswith("No problems: 1 project, 1 dataset (5 images), 1 model.\n\n")
    found = json.loads(cli("validate", "--format", "json").out)
    assert found["problems"] == []
    (model,) = found["models"]
    assert f"model/lora-max  {model['fingerprint']} (of dataset/lora-poses {model['dataset_fingerprint']})\n" in out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not json", "it is not valid JSON"),
        ("{}", "it is no plan file of this tool"),
        ('{"digest": "x", "plan": {"format": 99}}', "its format is 99"),
        ('{"digest": "x", "plan": {"format": 2}}', "its digest does not fit"),
    ],
)
def test_a_damaged_plan_file_ends_with_4(tree: Path, cli: Cli, text: str, words: str) -> None:
    """H54: whatever is wrong with it, nothing is sent."""
    (tree / "plan.json").write_text(text)
    for command in ("show", "apply"):
        ran = cli(command, "plan.json")
        assert ran.code == 4
        assert words in ran.err


def test_a_plan_of_another_endpoint_is_refused(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """H57: made here, not to be applied there; and bytes that are no text are no plan."""
    cli("plan", "--out", "plan.json")
    (tree / "bytes").write_bytes(b"\xff\xfe{\x00")
    assert cli("show", "bytes").code == 4
    text = (tree / "plan.json").read_text()
    assert '"endpoint": "simulator"' in text


def test_without_a_terminal_apply_needs_a_word(tree: Path, cli: Cli) -> None:
    """Exit 4, before anything is read or sent."""
    ran = cli("apply")
    assert (ran.code, ran.out) == (4, "")
    assert "Say `--yes`" in ran.err
    assert not (tree / "world.db").exists()


def test_init_writes_what_is_missing(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves what is there."""
    monkeypatch.chdir(tmp_path)
    first = cli("init")
    assert first.code == 0
    assert "Wrote manifests/reconciler.yaml" in first.out
    assert "Left as it is: manifests/reconciler.yaml" in cli("init").out
    assert cli("init", "--root", "/proc/nowhere").code == 64


def test_schema_and_version(cli: Cli) -> None:
    """Both print and end."""
    assert '"urn:reconciler:v1:manifest"' in cli("schema").out
    assert '"urn:reconciler:v2:plan"' in cli("schema", "plan").out
    assert cli("version").out == f"reconciler {__version__}\n"
    assert cli("--version").out == f"reconciler {__version__}\n"


def test_the_console_script_and_the_module_are_one() -> None:
    """Both answer, with the exit code of the run."""
    script = Path(sys.executable).parent / "reconciler"
    assert subprocess.run([script, "--version"], capture_output=True, text=True, check=False).stdout.startswith("recon")
    assert (
        subprocess.run([sys.executable, "-m", "reconciler", "nope"], capture_output=True, check=False).returncode == 64
    )


def test_nothing_of_the_tree_is_imported(tree: Path) -> None:
    """H83: a module that lies in the working folder is no part of the program."""
    for name in ("click.py", "httpx.py", "asyncio.py", "yaml.py"):
        (tree / name).write_text("raise SystemExit('imported from the tree')\n")
    ran = subprocess.run([sys.executable, "-m", "reconciler", "plan"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "number", "answer"),
    [
        ("reconciler pl", 1, "plain,plan\n"),
        ("reconciler show pl", 2, "file,pl\n"),
        ("reconciler apply --within pl", 3, "file,pl\n"),
    ],
)
def test_a_shell_can_complete_it(words: str, number: int, answer: str) -> None:
    """bash, zsh and fish, by click's own protocol: commands, options, and files where a file is meant."""
    asked = {"_RECONCILER_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    script = Path(sys.executable).parent / "reconciler"
    ran = subprocess.run([script], env={**os.environ, **asked}, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == (answer, "")
