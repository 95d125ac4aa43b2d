"""What docs/architecture.md names exists: rooms, modules, classes and what is asked of them, and the files of the tree."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "reconciler"
WORDS = {
    *("apply", "plan", "deepdiff", "httpx", "pydantic", "rich", "click", "ruamel.yaml", "sqlite3"),
    *("--endpoint simulator:FILE", "--out", "reconciler simulate", "make contracts"),
    *(".reconciler/account.sqlite", ".reconciler/journal.jsonl"),
}
"""Commands, options, libraries, and a file that a run makes: all that stands in code on the page and is no name of ours."""


def named() -> list[str]:
    """What stands in code in the running text of the page, once each."""
    text = re.sub(r"^```.*?^```", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    return sorted(set(re.findall(r"`([^`]+)`", text)) - WORDS)


@cache
def classes() -> dict[str, set[str]]:
    """Every class and every named union of the package, with what it defines."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found.setdefault(node.targets[0].id, set())
            if isinstance(node, ast.ClassDef):
                members = {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)}
                members |= {
                    inner.target.id
                    for inner in node.body
                    if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name)
                }
                found.setdefault(node.name, set()).update(members)
    return found


def is_module(name: str) -> bool:
    path = PACKAGE.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


@pytest.mark.parametrize("name", named())
def test_what_the_page_names_exists(name: str) -> None:
    """A class or its member, a module by its path in the package, or a file of the repository."""
    class_name, _, member = name.partition(".")
    if class_name in classes():
        assert not member or member in classes()[class_name]
    else:
        assert is_module(name) or (ROOT / name).exists() or (PACKAGE / name).exists()


def test_what_a_contributor_is_told_to_touch_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text[text.index("## Where to add what") : text.index("## A change")]
    names = re.findall(r"`(\w+(?:/\w+)+(?:\.\w+|/)?|\w+/)`", table)
    assert len(names) > 8
    assert [name for name in names if not ((PACKAGE / name).exists() or (ROOT / name).exists())] == []


def test_every_room_has_its_row() -> None:
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    rows = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert rooms - rows == {"__init__", "__main__", "clock"}
    assert rows <= rooms


def test_every_floor_of_core_has_its_row() -> None:
    floors = {f"core.{path.name}" for path in (PACKAGE / "core").iterdir() if (path / "__init__.py").exists()}
    assert floors == set(re.findall(r"^\| `(core\.\w+)` \|", PAGE, re.MULTILINE))


def test_arrows_are_those_of_the_contracts() -> None:
    """Each arrow of the drawing goes from a layer to one below it."""
    layers = re.search(
        r'containers = \["reconciler"\]\nlayers = \[(.*?)\]', (ROOT / "pyproject.toml").read_text(), re.DOTALL
    )
    assert layers is not None
    depth = {
        room: number for number, layer in enumerate(re.findall(r'"([^"]+)"', layers[1])) for room in layer.split(" | ")
    }
    arrows = re.findall(r"^    (\w+)(?:\[[^\]]*\])? --> (\w+)", PAGE, re.MULTILINE)
    assert len(arrows) > 10
    for upper, lower in arrows:
        assert depth[upper] < depth[lower], (upper, lower)
    assert {room for arrow in arrows for room in arrow} == set(depth)


def test_it_is_found_from_the_index() -> None:
    assert "(architecture.md)" in Path(ROOT / "docs" / "README.md").read_text(encoding="utf-8")
