"""`plan --pictures-from HOST`: what only the API still has, as the API shows it, where a person asks for it."""

from hashlib import sha256
from pathlib import Path

import pytest

from reconciler.simulator import Simulator, serving
from tests.cli.conftest import Cli, flat

HOST = "images.simulator.invalid"


@pytest.fixture
def going(applied: Path) -> Path:
    """The applied tree without one image, outside of git."""
    for suffix in ("png", "txt"):
        (applied / f"manifests/images/wave.{suffix}").unlink()
    return applied


def test_where_nobody_asks_the_page_says_where_the_picture_is(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host to name, and nothing else of the address; nothing is fetched."""
    with serving(Simulator(speed=100_000.0)) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        monkeypatch.setenv("RECONCILER_SETTLE", "0")
        monkeypatch.setenv("BRIA_API_TOKEN", "canary")
        assert cli("apply", "--yes").code == 0
        (tree / "manifests/images/wave.png").unlink()
        (tree / "manifests/images/wave.txt").unlink()
        page = cli("plan", "--format", "html").out
    assert f"--pictures-from {HOST}" in flat(page)
    assert f"https://{HOST}" not in page


def test_an_embedded_simulator_has_no_pictures(going: Path, cli: Cli) -> None:
    """So no host is offered that nobody could reach."""
    page = cli("plan", "--format", "html").out
    assert "no picture: not in this checkout" in page
    assert "--pictures-from" not in page


def test_a_host_that_cannot_be_reached_is_told_at_the_image(going: Path, cli: Cli) -> None:
    """A poorer page, and no failure."""
    page = cli("plan", "--format", "html", "--pictures-from", HOST)
    assert page.code == 0
    assert f"no picture: {HOST} could not be reached" in page.out
    assert "--pictures-from" not in page.out


def test_what_this_tree_holds_is_never_taken_from_the_api(going: Path, cli: Cli) -> None:
    """A live name is only a claim: whoever adds a Git LFS pointer shall not be shown what the API has under its digest."""
    image = going / "manifests/images/jump.png"
    bytes_ = image.read_bytes()
    pointer = (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256(bytes_).hexdigest()}\nsize {len(bytes_)}\n"
    )
    image.write_text(pointer)
    (going / "manifests/images/jump.txt").write_text("another caption.\n")
    page = cli("plan", "--format", "html", "--pictures-from", HOST).out
    assert "no picture: Git LFS content missing" in page


@pytest.mark.parametrize(
    "arguments",
    [
        ("--pictures-from", HOST),
        ("--format", "html", "--base", "main", "--pictures-from", HOST),
        ("--format", "html", "--pictures-from", "https://user:pw@example.org"),
        ("--format", "html", "--pictures-from", "a b"),
    ],
)
def test_wrong_usage(going: Path, cli: Cli, arguments: tuple[str, ...]) -> None:
    """Where there is nothing to show them in, nobody was asked, or no host is named."""
    ran = cli("plan", *arguments)
    assert ran.code == 64
    assert "pw" not in ran.err
