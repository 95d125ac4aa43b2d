"""What all tests share: asyncio as the only loop, golden files, repeatable examples, no surroundings that leak in.

At the end, the time by group of tests; and in CI (`CI=true`) a run with a skipped test fails.
"""

import difflib
import gc
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
LONG = {"test_readme.py"}
"""Files whose tests take seconds, yet belong into `make quick`."""

settings.register_profile("gate", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write golden files and the README's output anew instead of comparing; then read the diff",
    )
    parser.addoption(
        "--all-switches",
        action="store_true",
        help="play every value of every switch of the simulator in every story that meets it",
    )
    parser.addoption(
        "--walks", type=int, metavar="N", help="hold so many random histories of a tree to the law of the touched part"
    )


def group(path: str) -> str:
    """`tests/core` of `tests/core/diff/test_model.py`, and `tests` of what lies in no folder of it."""
    return "/".join(Path(path).parts[:-1][:2])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing is left out: a skipped test is a failure of the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and is_ci() and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How long each group of tests took, in seconds of all workers together; then one loud line for each reason to skip."""
    reports = [
        report
        for of_kind in terminalreporter.stats.values()
        for report in of_kind
        if isinstance(report, pytest.TestReport)
    ]
    seconds: dict[str, float] = defaultdict(float)
    tests: dict[str, set[str]] = defaultdict(set)
    for report in reports:
        name = group(report.nodeid.partition("::")[0])
        seconds[name] += report.duration
        tests[name].add(report.nodeid)
    if len(tests) > 1:
        terminalreporter.section("time by group of tests")
        for name in sorted(seconds, key=lambda name: -seconds[name]):
            terminalreporter.line(f"{seconds[name]:8.1f} s {len(tests[name]):6} tests  {name}")
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in reports
        if report.skipped and isinstance(report.longrepr, tuple)
    )
    for reason, number in reasons.items():
        failing = "; CI leaves nothing out, so this run fails" if is_ci() else ""
        terminalreporter.line(f"{number} skipped{failing}: {reason}", red=True, bold=True)


def pytest_collection_finish() -> None:
    """What was collected lives until the end, so the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no worker is left with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None and item.path.name not in LONG)


def is_ci() -> bool:
    return os.environ.get("CI") == "true"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Was `--update-golden` given?"""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def golden(update_golden: bool) -> Callable[[str, str], None]:
    """`golden("plan/first.txt", text)`: the text equals the file below tests/golden, or becomes it."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update_golden:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        assert path.exists(), f"tests/golden/{name} does not exist; run pytest --update-golden and read what it wrote"
        expected = path.read_text(encoding="utf-8")
        if text != expected:
            lines = difflib.unified_diff(
                expected.splitlines(), text.splitlines(), f"tests/golden/{name}", "this run", lineterm=""
            )
            pytest.fail("\n".join(lines), pytrace=False)

    return compare


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No token, setting, proxy, CI or home folder of the machine reaches a test."""
    for name in list(os.environ):
        if name.startswith(("RECONCILER_", "BRIA_", "GITHUB_", "GIT_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("CI", "GITLAB_CI", "FORCE_COLOR", "COLUMNS", "XDG_CACHE_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp() / "home"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture(scope="session")
def warm_command() -> Iterator[Path]:
    """A `reconciler` that starts fast, alone in its folder; `tests/warm.py` says how, and what must not use it."""
    program = ROOT / "tests" / "warm.py"
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory(prefix="warm") as folder:  # the path of a socket must be short
        command = Path(folder) / "reconciler"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{program}" ask "{folder}/socket" "$@"\n')
        command.chmod(0o755)
        serving = [sys.executable, "-P", str(program), "serve", f"{folder}/socket"]
        with subprocess.Popen(serving, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            yield command
            server.terminate()
