"""Which release the README, the action and the templates name: one table of places, one answer."""

import re
from pathlib import Path

BRANCH = "main"
"""What is named while there is no release."""

_REF = r"(?:main|v\d+\.\d+\.\d+)"

PLACES = {
    "reconciler/files/workflow/github.yml": rf"(?<=/reconciler@){_REF}$",
    "reconciler/files/workflow/gitlab.yml": rf"(?<=/reconciler@){_REF}$|(?<= version: ){_REF}$",
    "templates/reconciler/template.yml": rf"(?<= default: ){_REF}$",
    "docs/ci.md": rf"(?<= rev: ){_REF}$",
    "docs/reference.md": rf"(?<= ref: ){_REF}$",
}
"""Each file that tells people which version of this repository to take, and where in it."""

_HEADING = re.compile(r"^## (\d+\.\d+\.\d+) \(", re.MULTILINE)
_VERSION = re.compile(r'(?<=^__version__ = ")[^"]*(?="$)', re.MULTILINE)


def newest_release(changelog: str) -> str | None:
    """The newest version that the changelog has. None if nothing was released.

    The changelog decides and not git's tags: a clone for CI often has none, and the commit of a release names its tag before
    there is one.
    """
    found = _HEADING.search(changelog)
    return found[1] if found else None


def ref_of(version: str | None) -> str:
    """What people write to take this release: its tag, and the branch where there is none."""
    return BRANCH if version is None else f"v{version}"


def named(root: Path) -> dict[str, list[str]]:
    """Which refs each of the places names."""
    return {
        name: re.findall(pattern, (root / name).read_text(encoding="utf-8"), re.MULTILINE)
        for name, pattern in PLACES.items()
    }


def name_everywhere(root: Path, ref: str) -> None:
    """Write this ref into all of the places."""
    for name, pattern in PLACES.items():
        _rewrite(root / name, re.compile(pattern, re.MULTILINE), ref)


def version_of(root: Path) -> str:
    """The version that the package says of itself."""
    found = _VERSION.search(_package(root).read_text(encoding="utf-8"))
    assert found is not None
    return found[0]


def set_version(root: Path, version: str) -> None:
    _rewrite(_package(root), _VERSION, version)


def _package(root: Path) -> Path:
    return root / "reconciler" / "__init__.py"


def _rewrite(path: Path, pattern: re.Pattern[str], text: str) -> None:
    path.write_text(pattern.sub(text, path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
