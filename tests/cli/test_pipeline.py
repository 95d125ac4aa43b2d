"""What CI calls: annotations, code quality reports, and the files that `init --ci` writes."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from reconciler.api.token import SHORTEST
from tests.cli.conftest import Cli, edit, git


def test_problems_are_printed_for_ci(tree: Path, cli: Cli) -> None:
    """Exit 3 in each form; nothing to say is an empty report."""
    assert cli("validate", "--format", "github").out == ""
    assert json.loads(cli("validate", "--format", "gitlab").out) == []
    assert json.loads(cli("validate", "--format", "sarif").out)["runs"][0]["results"] == []
    assert ET.fromstring(cli("validate", "--format", "junit").out).findall("testsuite[@failures='0']")
    edit(tree / "manifests/dataset.yaml", "caption_prefix:", "caption_prefx:")
    github = cli("validate", "--format", "github")
    assert github.code == 3
    assert github.out.startswith("::error file=manifests/dataset.yaml")
    gitlab = cli("validate", "--format", "gitlab")
    assert gitlab.code == 3
    assert json.loads(gitlab.out)[0]["location"]["path"] == "manifests/dataset.yaml"
    sarif = cli("validate", "--format", "sarif")
    assert sarif.code == 3
    assert json.loads(sarif.out)["runs"][0]["results"][0]["ruleId"] == "manifest-key"
    junit = cli("validate", "--format", "junit")
    assert junit.code == 3
    assert ET.fromstring(junit.out).find("testsuite/testcase/failure") is not None


@pytest.mark.parametrize(
    ("vendor", "name"), [("github", ".github/workflows/reconciler.yml"), ("gitlab", ".gitlab-ci.yml")]
)
def test_init_writes_the_files_of_ci_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli, vendor: str, name: str
) -> None:
    """At the top of the repository; what is there is left as it is."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    first = cli("init", "--ci", vendor)
    assert first.code == 0
    assert f"Wrote {name}" in first.out
    assert (tmp_path / name).exists()
    assert f"Left as it is: {name}" in cli("init", "--ci", vendor).out


def test_init_for_ci_does_not_leave_ci_on_the_simulator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    """A new reconciler.yaml leaves the line out; one that is there is kept, and a sentence says what to remove."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    cli("init")
    late = cli("init", "--ci", "github")
    assert "Remove the line `endpoint:` from manifests/reconciler.yaml" in " ".join(late.out.split())
    early = cli("init", "--ci", "github", "--root", "brand")
    assert "from brand/reconciler.yaml" not in early.out
    assert "\n# endpoint: simulator\n" in (tmp_path / "brand/reconciler.yaml").read_text()


def test_the_tokens_in_examples_are_tokens(cli: Cli) -> None:
    """What `simulate --help` shows can be typed: a token has at least 6 characters."""
    (token,) = re.findall(r"BRIA_API_TOKEN=(\S+)", cli("simulate", "--help").out)
    assert len(token) >= SHORTEST


def test_init_for_ci_needs_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    """Wrong usage, before anything is written."""
    monkeypatch.chdir(tmp_path)
    assert cli("init", "--ci", "github").code == 64
    assert list(tmp_path.iterdir()) == []


def test_doctor_is_in_the_table(tree: Path, cli: Cli) -> None:
    """And looks at the images."""
    assert cli("doctor").code in {0, 3}


def test_init_for_ci_finds_every_root_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    """By its reconciler.yaml, with the account that it pins. A workflow that is there is not touched, and what it lacks is said."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    pinned, idle = "account: {name: brand, project: 7}\n", "endpoint: simulator\n"
    for root, text in (("brand/manifests", pinned), (".hidden", idle), ("brand/x", idle)):
        (tmp_path / root).mkdir(parents=True)
        (tmp_path / root / "reconciler.yaml").write_text(text)
    first = cli("init", "--ci", "github", "--root", "other")
    assert first.code == 0
    assert [line for line in first.out.splitlines() if "Remove the line" in line] == [
        "Remove the line `endpoint:` from brand/x/reconciler.yaml: with it, CI changes nothing at Bria."
    ]
    workflow = (tmp_path / ".github/workflows/reconciler.yml").read_text()
    for line in (
        "{root: brand/manifests, account: brand}",
        "{root: brand/x, account: bria}",
        "{root: other, account: bria}",
    ):
        assert workflow.count(f"          - {line}\n") == 3
    assert ".hidden" not in workflow
    later = cli("init", "--ci", "github", "--root", "third/manifests")
    told = ".github/workflows/reconciler.yml does not name {root: third/manifests, account: bria}: add it as docs/ci.md shows."
    assert told in " ".join(later.out.split())
    assert (tmp_path / ".github/workflows/reconciler.yml").read_text() == workflow
