"""What a user receives: a package that installs, pinned versions, a licence, and text that speaks of the project alone."""

import importlib.metadata
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

import reconciler

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONSTRAINTS = (ROOT / "constraints.txt").read_text()


def tracked(*patterns: str) -> list[Path]:
    """The files that git knows, or would take."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [ROOT / name for name in sorted(set(listing.stdout.split("\0"))) if name and (ROOT / name).is_file()]


@cache
def texts() -> dict[str, str]:
    """All text files by their path; images are left out."""
    found = {}
    for path in tracked():
        if path.suffix not in {".png", ".jpg", ".webp"}:
            found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8", errors="replace")
    return found


def plain_name(requirement: str) -> str:
    """`coverage[toml]>=7.6` as `coverage`, normalised as package indexes do."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()


def test_the_version_is_told_once() -> None:
    assert importlib.metadata.version("reconciler") == reconciler.__version__


def test_constraints_pin_every_dependency_and_hold_no_address() -> None:
    lines = CONSTRAINTS.splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in lines), lines
    pinned = {plain_name(line) for line in lines}
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    assert {plain_name(requirement) for requirement in wanted} <= pinned


def test_what_is_installed_is_what_is_pinned() -> None:
    for line in CONSTRAINTS.splitlines():
        name, _, version = line.partition("==")
        assert importlib.metadata.version(name) == version, f"{name}: run `make venv`"


def test_the_licence_is_apache() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert PROJECT["license"] == "Apache-2.0"


# Spelled in pieces, so that this list is not itself a find.
FOREIGN = [
    r"/work" + r"/",
    r"\.\./" + r"shared/",
    r"/home/" + r"\w+/\.",
    r"(?<![\w.])/ro" + r"ot/",
    r"pypi" + r"\.org",
    r"index" + r"-url",
    r"file:///" + r"opt",
    r"\bTO" + r"DO\b",
    r"\bFIX" + r"ME\b",
]


def test_text_speaks_of_the_project_alone() -> None:
    pattern = re.compile("|".join(FOREIGN))
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


def test_there_are_no_mocks() -> None:
    """Two seams only, the HTTP transport and the clock; everything between is real in every test."""
    pattern = re.compile(
        r"unittest import " + r"mock|unittest\." + r"mock|Magic" + r"Mock|pytest_" + r"mock|resp" + r"x\b"
    )
    assert not [name for name, text in texts().items() if name.endswith(".py") and pattern.search(text)]


def anchors(path: Path) -> set[str]:
    """The names under which a document's headings can be linked to, as GitHub makes them; code holds no headings."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_in_documents_lead_somewhere() -> None:
    """To a file, and to a heading in it where the link names one. A fragment of the changelog ends up beside the README."""
    broken = []
    for path in tracked("*.md"):
        home = ROOT if path.parent.name == "changes" and path.name != "README.md" else path.parent
        for target in re.findall(r"\]\(([^)\s]+)", path.read_text(encoding="utf-8")):
            name, _, anchor = target.partition("#")
            file = home / name if name else path
            if "://" in target or target.startswith("mailto:"):
                continue
            if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert not broken, "\n".join(broken)


NO_MANIFESTS = {"captions.yaml", "reconciler.yaml"}
MANIFESTS = [path for path in tracked("manifests/**.yaml", "examples/**.yaml") if path.name not in NO_MANIFESTS]


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_manifest_names_its_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    documents = re.split(r"^---$", text, flags=re.MULTILINE)
    for document in documents:
        modeline = re.match(r"\s*# yaml-language-server: \$schema=(\S+)\n", document)
        assert modeline, "an editor checks only the document that holds the line"
        assert (path.parent / modeline[1]).resolve() == ROOT / "docs" / "manifest.schema.json"


def test_every_change_fragment_has_a_known_kind() -> None:
    kinds = {
        kind["directory"] for kind in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]["type"]
    }
    for path in tracked("changes/*.md"):
        assert path.name == "README.md" or path.suffixes[0].lstrip(".") in kinds, path.name
