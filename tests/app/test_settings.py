"""Flag, environment, reconciler.yaml, default: the first that speaks wins, and no file decides where the token goes."""

from pathlib import Path

import pytest

from reconciler.app.exceptions import WrongUsage
from reconciler.app.session import clock_of, require_token
from reconciler.app.settings import Settings, resolve_settings, stage_of
from reconciler.clock import PacedClock, SimulatedClock, SystemClock
from reconciler.core.limit import Limits
from reconciler.core.problem import ProblemsFound


def settings(root: Path, *, environ: dict[str, str] | None = None, **given: object) -> Settings:
    return resolve_settings({"root": str(root), **given}, environ or {})


def test_nothing_said(tmp_path: Path) -> None:
    """The vendor's API, the slowest tier, the careful numbers."""
    found = settings(tmp_path)
    assert found.endpoint.is_bria
    assert (found.tier, found.concurrency, found.settle, found.limits) == ("free_trial", 4, 15.0, Limits())
    assert isinstance(clock_of(found), SystemClock)


def test_a_simulator_has_no_limit_unless_one_is_asked_for(tmp_path: Path) -> None:
    """And lives on simulated time."""
    found = settings(tmp_path, endpoint="simulator:w.db")
    assert found.tier == "none"
    assert isinstance(clock_of(found), SimulatedClock)
    assert settings(tmp_path, endpoint="simulator", tier="starter").tier == "starter"


def test_the_file_speaks_where_nobody_else_does(tmp_path: Path) -> None:
    """Each value by itself, zero included."""
    text = "endpoint: simulator\ntier: pro\nconcurrency: 2\nsettle: 0\nlimits: {trainings: 0, image_removals_percent: 50}\n"
    (tmp_path / "reconciler.yaml").write_text(text)
    found = settings(tmp_path)
    assert found.endpoint.is_simulator
    assert (found.tier, found.concurrency, found.settle) == ("pro", 2, 0.0)
    assert found.limits == Limits(trainings=0, image_removals_percent=50)
    environ = {"RECONCILER_CONCURRENCY": "8", "RECONCILER_SETTLE": "1.5", "RECONCILER_TIER": ""}
    found = settings(tmp_path, environ=environ, concurrency="16")
    assert (found.tier, found.concurrency, found.settle) == ("pro", 16, 1.5)


def test_what_the_tree_expects_of_its_plan(tmp_path: Path) -> None:
    """By the file alone: no flag lifts it."""
    assert settings(tmp_path).expect == {}
    (tmp_path / "reconciler.yaml").write_text("expect: {trainings: 0}\nlimits: {deletions: 2, uploads: 9}\n")
    assert settings(tmp_path).expect == {"trainings": 0}
    assert settings(tmp_path).limits == Limits(deletions=2, uploads=9)


def test_a_file_of_the_tree_names_no_other_origin(tmp_path: Path) -> None:
    """H78: the vendor's and the simulator are all it may name; flag and environment may name others."""
    (tmp_path / "reconciler.yaml").write_text("endpoint: https://evil.example\n")
    with pytest.raises(ProblemsFound):
        settings(tmp_path)
    (tmp_path / "reconciler.yaml").write_text("endpoint: https://engine.prod.bria-api.com/v1\n")
    assert settings(tmp_path).endpoint.is_bria
    other = settings(tmp_path, environ={"RECONCILER_ENDPOINT": "https://proxy.example"})
    assert other.endpoint.origin == "https://proxy.example"


@pytest.mark.parametrize(
    ("endpoint", "clock"),
    [
        ("http://127.0.0.1:8099", PacedClock),
        ("https://localhost:8099", PacedClock),
        ("https://engine.prod.bria-api.com", SystemClock),
        ("https://proxy.example", SystemClock),
        ("simulator", SimulatedClock),
    ],
)
def test_only_a_server_on_this_machine_sets_the_pace(tmp_path: Path, endpoint: str, clock: type) -> None:
    """And only a flag or the environment can name one: a file of the tree cannot."""
    assert type(clock_of(settings(tmp_path, environ={"RECONCILER_ENDPOINT": endpoint}))) is clock
    if "127" in endpoint or "localhost" in endpoint:
        (tmp_path / "reconciler.yaml").write_text(f"endpoint: {endpoint}\n")
        with pytest.raises(ProblemsFound):
            settings(tmp_path)


def test_the_token_is_no_setting(tmp_path: Path) -> None:
    """It is read when it is needed, and a setting that is printed holds none."""
    found = settings(tmp_path, environ={"BRIA_API_TOKEN": "canary-7f3e9a1c5b"})
    assert "canary" not in repr(found)
    assert require_token(found).value == "canary-7f3e9a1c5b"
    for environ in ({}, {"BRIA_API_TOKEN": "a b"}):
        with pytest.raises(WrongUsage):
            require_token(settings(tmp_path, environ=environ))


def test_the_stage_by_which_ci_finds_its_comments_is_known_without_a_file() -> None:
    """The account's name, else the overlay's; a flag before the environment."""
    environ = {"RECONCILER_OVERLAY": "production"}
    assert stage_of({}, {}) == ""
    assert stage_of({}, environ) == "production"
    assert stage_of({"overlay": "staging"}, environ) == "staging"
    assert stage_of({"overlay": "staging"}, environ | {"RECONCILER_ACCOUNT": "brand"}) == "brand"
