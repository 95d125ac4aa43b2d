"""The README and two more documents are executed: each block is checked, and the output shown is what the tool prints."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from reconciler.app.settings import VARIABLES
from reconciler.core.limit import LIMIT_NAMES

ROOT = Path(__file__).parent.parent
README = "README.md"
REFERENCE = "docs/reference.md"
EXECUTED = (README, "docs/tour.md", REFERENCE)
BLOCK = re.compile(
    r"(?:<!-- (?P<kind>\w+)(?:: (?P<argument>[^>]+))? -->\n)?```(?P<language>\w+)\n(?P<body>.*?)```\n", re.DOTALL
)
KINDS = {"tour", "file", "gate", "install", "account", "workflow"}
MARK = "=== command ==="

VOLATILE = [
    (re.compile(r"\bid \d+"), "id 0"),
    (re.compile(r"\b[Dd]igest [0-9a-f]{4} [0-9a-f]{4}"), "Digest 0000 0000"),
    (re.compile(r"\b\d+(\.\d+)? s\b"), "0 s"),
    (re.compile(r"\b\d{1,2}:\d\d(:\d\d)?\b"), "0:00"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "0000-00-00"),
    (re.compile(r"(draft a[0-9a-f]{12}) [0-9a-f]{4}"), r"\1 0000"),
]
"""What differs from run to run, or with each release: ids, the plan's digest, durations, times, the mark of a run."""


@dataclass(frozen=True, slots=True)
class Block:
    kind: str | None
    argument: str | None
    language: str
    body: str

    @property
    def commands(self) -> list[str]:
        return [line[2:] for line in self.body.splitlines() if line.startswith("$ ")]


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def blocks(*documents: str) -> list[Block]:
    """All code blocks of some documents, of all executed ones where none is named."""
    found = [match for document in documents or EXECUTED for match in BLOCK.finditer(text_of(document))]
    return [Block(match["kind"], match["argument"], match["language"], match["body"]) for match in found]


def normalised(text: str) -> str:
    for pattern, replacement in VOLATILE:
        text = pattern.sub(replacement, text)
    return "\n".join(line.rstrip() for line in text.splitlines())


def tour(document: str, folder: Path, command: Path) -> list[str]:
    """The body of each tour block of a document as this run prints it: all blocks in one shell, in a copy of the tree."""
    for name in ("manifests", "examples"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    toured = [block for block in blocks(document) if block.kind == "tour"]
    script = "\n".join(f"echo '{MARK}'\n{command}" for block in toured for command in block.commands)
    # A run of tests in parallel sets COLUMNS, and what documents show is the layout of a file.
    environ = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    run = subprocess.run(
        ["bash", "-u"],
        input=script,
        cwd=folder,
        env={**environ, "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=100,
    )
    outputs = iter(run.stdout.split(f"{MARK}\n")[1:])
    return ["".join(f"$ {command}\n{next(outputs)}" for command in block.commands) for block in toured]


@pytest.fixture(scope="module")
def actual(tmp_path_factory: pytest.TempPathFactory, update_golden: bool, warm_command: Path) -> dict[str, list[str]]:
    """What this run prints, by document."""
    bodies = {document: tour(document, tmp_path_factory.mktemp("tour"), warm_command) for document in EXECUTED}
    if update_golden:
        for document, printed in bodies.items():
            fill(document, printed)
    return bodies


def fill(document: str, bodies: list[str]) -> None:
    """Write the output of this run into a document; what differs in nothing but volatile facts stays."""
    remaining = iter(bodies)

    def filled(match: re.Match[str]) -> str:
        body = match["body"]
        if match["kind"] == "tour":
            printed = next(remaining)
            body = body if normalised(body) == normalised(printed) else printed
        elif match["kind"] == "file":
            body = text_of(match["argument"])
        return match[0].replace(f"```{match['language']}\n{match['body']}", f"```{match['language']}\n{body}")

    (ROOT / document).write_text(BLOCK.sub(filled, text_of(document)), encoding="utf-8", newline="\n")


def test_every_block_is_of_a_kind_that_is_checked() -> None:
    assert {block.kind for block in blocks()} == KINDS


TOURED = [
    (document, number) for document in EXECUTED for number in range([b.kind for b in blocks(document)].count("tour"))
]


@pytest.mark.parametrize(("document", "number"), TOURED)
def test_the_tour_prints_what_the_document_shows(document: str, number: int, actual: dict[str, list[str]]) -> None:
    shown = [block for block in blocks(document) if block.kind == "tour"][number]
    assert normalised(actual[document][number]) == normalised(shown.body), (
        "run pytest --update-golden and read the diff"
    )


def test_the_tour_needs_no_commands_that_a_user_lacks() -> None:
    words = {command.split()[0] for block in blocks() if block.kind == "tour" for command in block.commands}
    assert words <= {"reconciler", "export", "cp", "mv", "rm", "sed"}


def test_quoted_files_are_the_files(actual: dict[str, list[str]]) -> None:
    assert actual
    for block in blocks():
        if block.kind == "file":
            assert block.argument is not None
            assert block.body == (ROOT / block.argument).read_text(encoding="utf-8")


def test_the_two_commands_are_what_ci_runs() -> None:
    (gate,) = [block for block in blocks() if block.kind == "gate"]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in gate.commands:
        assert re.search(rf"^{re.escape(command)}\b", script, re.MULTILINE)
        assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_commands_in_other_blocks_exist() -> None:
    """`reconciler COMMAND --help` knows each option that the documents use outside the tour."""
    lines = [
        line
        for block in blocks()
        if block.kind in {"install", "account", "workflow"}
        for line in block.body.splitlines()
    ]
    for line in lines:
        found = re.search(r"(?:^\$ (?:\S*/)?|run: )reconciler (\w+)(.*)$", line)
        if found:
            help_text = subprocess.run(
                [sys.executable, "-m", "reconciler", found[1], "--help"], capture_output=True, text=True, check=True
            ).stdout
            for option in re.findall(r"--[\w-]+", found[2]):
                assert option in help_text, line


def test_the_tool_is_installed_before_it_is_used() -> None:
    """Nobody types `reconciler` before the lines that put it there."""
    kinds = [block.kind for block in blocks(README)]
    assert kinds.index("install") < kinds.index("tour") < kinds.index("account")


def test_the_workflow_is_what_github_reads(tmp_path: Path) -> None:
    """A plan waits for nobody, takes no apply's place, and is given no token."""
    (text,) = [block.body for block in blocks() if block.kind == "workflow"]
    path = tmp_path / "workflow.yml"
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    workflow = YAML(typ="safe").load(text)
    assert workflow["on"]["pull_request"] is None
    assert workflow["concurrency"]["group"].endswith("${{ github.event_name == 'push' && 'apply' || github.ref }}")
    given = [step.get("if") for step in workflow["jobs"]["reconcile"]["steps"] if "env" in step]
    assert (given, "env" in workflow["jobs"]["reconcile"]) == (["github.event_name == 'push'"], False)


def test_the_exit_codes_are_those_of_the_decision_record() -> None:
    codes = re.compile(r"^\| (\d+) \|", re.MULTILINE)
    record = ROOT / "docs" / "decisions" / "0004-exit-codes.md"
    assert codes.findall(text_of(REFERENCE)) == codes.findall(record.read_text(encoding="utf-8"))


def test_the_configuration_table_names_what_exists() -> None:
    text = text_of(REFERENCE)
    table = text[text.index("## Configuration") : text.index("## Editors and shells")]
    assert set(re.findall(r"`(?:RECONCILER_)([A-Z_]+)`", table)) == set(VARIABLES)
    assert set(re.findall(r"`limits\.(\w+)`", table)) == set(LIMIT_NAMES)
