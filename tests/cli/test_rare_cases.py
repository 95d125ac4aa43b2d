"""What seldom happens: captions that are not settled, ports in use, pointers instead of images, streams that fail."""

import os
import socket
from pathlib import Path

import pytest

from reconciler.api.observer import Exchange
from reconciler.app.apply import journal_of
from reconciler.cli.command_table import root
from reconciler.cli.console import Console, OutputLost
from reconciler.cli.plan_flow import WaitNotices
from reconciler.clock import PacedClock, SystemClock
from reconciler.files.journal import JournalFailed
from reconciler.render.view import Line, say, screen
from reconciler.simulator.console import edit_dataset, end_training
from tests.cli.conftest import CAPTIONS, Cli, account, edit


def test_captions_of_a_stale_draft_are_not_pulled(tree: Path, cli: Cli) -> None:
    """Exit 4: they may still follow another prefix."""
    edit(tree / "manifests/dataset.yaml", "captions: {source: sidecar}", "status: draft")
    cli("apply", "--yes")
    with account(tree / "world.db") as simulator, simulator.transaction() as world:
        (dataset,) = world.datasets.all()
    with account(tree / "world.db") as simulator:
        edit_dataset(simulator, dataset.id, name=f"{dataset.name} stale")
    ran = cli("captions", "pull", "lora-poses")
    assert ran.code == 4
    assert "is not settled: its captions may still" in ran.err


def test_captions_come_from_the_newest_version_where_none_is_in_force(applied: Path, cli: Cli) -> None:
    """An edit in git that was not applied yet does not hide what is live; a new image has nothing to give."""
    edit(applied / "manifests/dataset.yaml", "a female character", "a cheerful girl")
    edit(applied / "manifests/images/wave.txt", "waving", "not waving")
    (applied / "manifests/images/jump.png").rename(applied / "manifests/images/leap.png")
    (applied / "manifests/images/jump.txt").unlink()
    ran = cli("captions", "pull", "lora-poses")
    assert ran.code == 4
    assert "~ wave.png  [-not-] waving with one hand." in ran.out
    assert '+ leap.png  "jumping over a puddle."' in ran.out


def test_captions_of_many_images_are_folded(tree: Path, cli: Cli) -> None:
    """An image that is not live is counted; twelve that were written are not all listed."""
    from tests.cli.conftest import draw

    edit(tree / "manifests/dataset.yaml", "captions: {source: sidecar}", "status: draft")
    for name in CAPTIONS:
        (tree / f"manifests/images/{name}.txt").unlink()
    for number in range(8):
        draw(tree / f"manifests/images/more-{number}.png", (255, number * 30, 0))
    cli("apply", "--yes")
    draw(tree / "manifests/images/new.png", (1, 2, 3))
    ran = cli("captions", "pull", "lora-poses")
    assert "13 captions written" in ran.out
    assert "  … and 3 more\n" in ran.out
    assert "1 image without a live caption." in ran.out


def test_a_caption_file_that_cannot_be_written_is_left_alone(applied: Path, cli: Cli) -> None:
    """Exit 4 with the file's name; a tree that is wrong in other ways ends with 3."""
    edit(applied / "manifests/dataset.yaml", "sidecar", "automatic")
    (applied / "manifests/images/wave.txt").unlink()
    (applied / "manifests/images/wave.txt").mkdir()
    ran = cli("captions", "pull", "lora-poses")
    assert ran.code == 4
    assert "wave.txt" in ran.err
    edit(applied / "manifests/dataset.yaml", "path: images/", "path: nowhere/")
    assert cli("captions", "pull", "lora-poses").code == 3


def test_a_training_that_failed_is_told_by_wait(tree: Path, cli: Cli) -> None:
    """Exit code 1; a model that is gone is no success either."""
    cli("apply", "--yes")
    with account(tree / "world.db") as simulator, simulator.transaction() as world:
        (model,) = world.models.all()
    with account(tree / "world.db") as simulator:
        end_training(simulator, model.id, "Stopped")
    assert cli("wait").out == "No declared model is in training.\n"


def test_a_pointer_is_no_image_to_look_at(tree: Path, cli: Cli) -> None:
    """H35: `prefix` and `apply` need the bytes, `plan` does not."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 12345\n"
    (tree / "manifests/images/jump.png").write_text(pointer)
    assert cli("plan").code == 0
    for command in ("prefix lora-poses", "apply --yes"):
        ran = cli(*command.split())
        assert ran.code == 3
        assert "git lfs pull" in ran.err


def test_a_port_in_use_is_said(tree: Path, cli: Cli) -> None:
    """Exit 64."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = cli("simulate", "--port", str(taken.getsockname()[1]))
    assert ran.code == 64
    assert "Cannot listen on" in ran.err


def test_a_journal_that_fails_stops_the_next_request(tmp_path: Path) -> None:
    """F37: before a request it raises, after one it only remembers."""
    exchange = Exchange(number=1, operation="x", method="GET", path="/", attempt=1, is_write=False)
    (tmp_path / "manifests").mkdir()
    with journal_of(tmp_path / "manifests", mask=str, now=lambda: 0.0) as journal:
        journal.before(exchange)
        journal._journal.close()
        journal.after(exchange)
        assert journal.failure == "Bad file descriptor"
        with pytest.raises(JournalFailed):
            journal.before(exchange)


def test_waits_are_said_with_their_reason_unless_they_are_short(capsys: pytest.CaptureFixture[str]) -> None:
    """And not at all where an apply tells of them itself."""
    waits = WaitNotices(Console(os.environ), SystemClock())
    exchange = Exchange(number=1, operation="x", method="GET", path="/", attempt=1, is_write=False)
    waits.before(exchange)
    waits.throttled(12, "the limit is 60 calls a minute")
    waits.throttled(1, "short")
    waits.after(Exchange(number=1, operation="x", method="GET", path="/", attempt=1, is_write=False, failure="refused"))
    waits.throttled(3, "tried again")
    waits.is_silent = True
    waits.throttled(3, "tried again")
    assert capsys.readouterr().err == (
        "Waiting 12 s: the limit is 60 calls a minute\nWaiting 3 s: tried again (refused)\n"
    )


def test_calls_that_wait_for_the_same_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Three lists at once fail alike: said once for each attempt, and anew once an answer came. Server time is marked."""
    clock = PacedClock()
    waits = WaitNotices(Console(os.environ), clock)

    def failed(attempt: int, failure: str = "refused") -> None:
        waits.after(
            Exchange(number=1, operation="x", method="GET", path="/", attempt=attempt, is_write=False, failure=failure)
        )
        if failure:
            waits.throttled(3, "tried again")

    for attempt in (1, 1, 1, 2, 2, 2):
        failed(attempt)
    failed(1, "")
    clock.follow(60.0)
    failed(1)
    line = "Waiting 3 s: tried again (refused)\n"
    assert capsys.readouterr().err == line * 2 + "Waiting 3 s (simulated): tried again (refused)\n"


def test_a_stream_that_was_closed_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Writing to it is lost output on stdout, and nothing at all on stderr."""
    out, err = (tmp_path / "out").open("w"), (tmp_path / "err").open("w")
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setattr("sys.stderr", err)
    monkeypatch.setattr("sys.stdin", None)
    console = Console({})
    out.close()
    err.close()
    console.say(screen([Line(text=say("x"))]))
    with pytest.raises(OutputLost):
        console.result_text("x")
    assert not console.is_interactive
    assert console.ask("?") == ""


class _Stubborn:
    """A stream like those of some test runners: it cannot be reconfigured and knows no file descriptor."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        raise BrokenPipeError

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        raise OSError


def test_any_stream_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that breaks is quiet, whatever kind of stream it is."""
    stream = _Stubborn()
    monkeypatch.setattr("sys.stdout", stream)
    Console({}).result_text("words")
    assert stream.text == "words"


def test_click_ends_are_ends_of_ours(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while click works, and a pipe that breaks while it prints help."""

    def broken(**_: object) -> None:
        raise errors.pop()

    errors: list[BaseException] = [KeyboardInterrupt(), BrokenPipeError()]
    monkeypatch.setattr(root, "main", broken)
    assert cli("plan").code == 1
    ran = cli("plan")
    assert (ran.code, ran.err) == (1, "Interrupted.\n")
