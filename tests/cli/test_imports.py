"""Each command imports what it runs. Told by the names of modules, because a time says as much about the machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.command_table import COMMANDS

NETWORK = {"httpx", "asyncio", "ssl", "reconciler.api.client", "reconciler.app.session", "reconciler.observe"}
SERVER = {"uvicorn", "PIL", "reconciler.simulator"}
WRITING = {"reconciler.execute", "reconciler.archive", "reconciler.app.apply", "reconciler.app.saved"}
REPORTS = {"jinja2", "deepdiff", "rich", "pygments", "reconciler.render.html", "reconciler.render.markdown"}
PLANNING = {"reconciler.core.planning", "reconciler.core.diff.dataset", "reconciler.render.plan_report"}
PACKAGES = {"importlib.metadata", "zipfile"}
RARE = {
    "reconciler.doctor", "reconciler.files.adopted", "reconciler.files.yaml.edit", "reconciler.files.pipeline",
    "reconciler.files.journal", "reconciler.api.generation", "reconciler.api.download", "reconciler.api.result",
    "reconciler.simulator.operations.bulk_upload", "reconciler.simulator.generation.legacy",
    "reconciler.simulator.openapi", "reconciler.app.findings", "reconciler.app.promotion_gate",
}  # fmt: skip
"""What few trees and few commands need: waivers, adopted objects, drawings, downloads, archives."""
MISFITS = {"pydantic", "pydantic_core", "reconciler.core.manifest.judge"}
"""What tells everything that does not fit its type: a sound tree, and sound answers, never need it."""
PARSING = {"ruamel.yaml", "reconciler.files.yaml.parsing", "reconciler.files.yaml.builder"}
"""What reads YAML: nothing of it is needed where all was read before."""
TREES = {"ruamel.yaml", "sqlite3", "reconciler.files.load"}
"""Groups of modules. A command must import none of a group that it does not need."""


def imported(*arguments: str) -> set[str]:
    """The modules of a whole run of the program, in a process of its own."""
    code = (
        "import sys; sys.argv = ['reconciler', *sys.argv[1:]]\n"
        "from reconciler.__main__ import main\n"
        "try: main()\nexcept SystemExit as end: assert not end.code, end.code\n"
        "print('modules:', *[name for name, module in sys.modules.items() if module is not None])"
    )
    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.rpartition("modules:")[2].split())


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("line", "needless"),
    [
        ("validate", NETWORK | SERVER | WRITING | REPORTS | PLANNING | PACKAGES | RARE | MISFITS),
        ("plan --base HEAD", NETWORK | SERVER | WRITING | REPORTS | PACKAGES | RARE | MISFITS),
        (
            "plan --base HEAD --format markdown",
            NETWORK | SERVER | WRITING | MISFITS | (REPORTS - {"reconciler.render.markdown"}),
        ),
        (
            "plan --endpoint simulator",
            (SERVER - {"reconciler.simulator"}) | WRITING | REPORTS | RARE | MISFITS | {"importlib.metadata"},
        ),
    ],
)
def test_a_command_imports_what_it_runs(
    line: str, needless: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The smallest tree: what is imported for it is imported for all."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "fresh"))
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *command], check=True)
    found = imported(*line.split())
    assert found & needless == set()
    assert found >= TREES, "the test looks at names that exist"
    again = imported(*line.split())
    assert again & (needless | PARSING) == set(), "what was read is in the cache"
    assert again >= TREES - PARSING


def test_every_name_is_one_that_can_be_imported() -> None:
    """A module that is renamed must not leave the test above without an effect."""
    known = {
        path.relative_to(Path(__file__).parents[2]).with_suffix("").as_posix().replace("/", ".") for path in sources()
    }
    ours = {
        name
        for name in NETWORK | SERVER | WRITING | REPORTS | PLANNING | TREES | RARE | MISFITS | PARSING
        if name.startswith("reconciler.")
    }
    assert ours <= known | {name.removesuffix(".__init__") for name in known}


def sources() -> list[Path]:
    """All modules of the program."""
    return list((Path(__file__).parents[2] / "reconciler").rglob("*.py"))


def test_help_and_version_are_cheap() -> None:
    """`--version` imports not even click; `--help` no library but that, and nothing that reads a tree or the network."""
    heavy = TREES | MISFITS | NETWORK | SERVER | WRITING | REPORTS | PLANNING
    assert imported("--version") & (heavy | {"click"}) == set()
    for arguments in ([], *([command] for command in COMMANDS)):
        assert imported(*arguments, "--help") & heavy == set()


def test_what_stands_for_extensions_gives_way_to_the_real_module() -> None:
    """There are none for us; but whatever else a release of the library asks that module for, it gets."""
    code = (
        "import sys; from reconciler.__main__ import _LOADER, _NoExtensions\n"
        "sys.modules[_LOADER] = stand_in = _NoExtensions(_LOADER)\n"
        "from pydantic import BaseModel\n"
        "class Model(BaseModel): number: int\n"
        "assert Model(number=1).number == 1 and sys.modules[_LOADER] is stand_in\n"
        "assert 'importlib.metadata' not in sys.modules\n"
        "assert stand_in.PYDANTIC_ENTRY_POINT_GROUP == 'pydantic' and sys.modules[_LOADER] is not stand_in"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
