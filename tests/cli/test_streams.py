"""The two streams: colour, terminals, pipes that close, disks that are full, and the token in none of them."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import CAPTIONS, Cli, commit_all

CANARY = "canary-7f3e9a1c5b"
COMMAND = [sys.executable, "-m", "reconciler"]
ESCAPE = "\x1b"


def child(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a process of its own."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def on_terminal(*arguments: str, typed: str = "", after: str = "go on: ", **environ: str) -> tuple[int, str]:
    """Run it on a pseudo-terminal that types an answer; the exit code and all that was shown."""
    clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "CI"}}
    pid, master = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [*COMMAND, *arguments], {**clean, "TERM": "xterm", "COLUMNS": "100", **environ})
    shown = b""
    if typed:
        while after.encode() not in shown:
            shown += os.read(master, 4096)
        os.write(master, typed.encode())
    while select.select([master], [], [], 30)[0]:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        shown += piece
    os.close(master)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


@pytest.mark.parametrize(
    ("typed", "code", "family"), [("\n", 0, "prefix"), ("schema\n", 0, "schema"), ("both\n", 64, None)]
)
def test_a_person_is_asked_for_the_family(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, code: int, family: str | None
) -> None:
    """Once: afterwards the manifests that are there tell it."""
    monkeypatch.chdir(tmp_path)
    ended, shown = on_terminal("init", typed=typed, after="[prefix]: ")
    assert ended == code
    if family is None:
        assert '"both" is no family; the families are prefix and schema.' in shown
        assert not (tmp_path / "manifests").exists()
        return
    assert f"  family: {family} " in (tmp_path / "manifests/lora.yaml").read_text()
    assert "Left as it is: manifests/lora-poses.yaml" in on_terminal("init")[1]
    assert len(list((tmp_path / "manifests").glob("lora-m*.yaml"))) == 1


def test_a_person_is_asked_for_the_word_destroy(applied: Path) -> None:
    """Not yes: the word itself, after all that would go was shown."""
    code, shown = on_terminal("destroy", typed="yes\n")
    assert code == 4
    assert "Delete all of this for good? Type destroy to go on: " in shown
    assert "Not applied: nothing was sent." in shown
    code, shown = on_terminal("destroy", typed="destroy\n")
    assert code == 0
    assert "2 versions deleted, 1 project deleted." in shown


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[str]:
    """`reconciler simulate` in a process of its own; gives its address."""
    process = subprocess.Popen(
        [*COMMAND, "simulate", "--port", "0", *arguments], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        yield process.stderr.readline().removeprefix("Serving ").strip()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        process.stderr.close()


def test_a_person_is_asked_and_says_yes(tree: Path) -> None:
    """The plan, the question, the board, the report; finished objects scroll up as plain lines."""
    code, shown = on_terminal("apply", typed="yes\n")
    assert code == 0
    assert "1 model is trained" in shown
    assert "Apply this plan? Type yes to go on: " in shown
    assert re.search(r"lora-max v1.* +training started \(id \d+\)", shown)
    assert "1 project created, 1 version completed, 1 training started." in shown
    assert ESCAPE in shown


def test_anything_but_yes_is_no(tree: Path) -> None:
    """Exit 4, and nothing was sent."""
    code, shown = on_terminal("apply", typed="y\n")
    assert code == 4
    assert "Not applied: nothing was sent." in shown


def test_ctrl_c_is_an_answer_too(tree: Path) -> None:
    """At once, in one word, exit code 1."""
    code, shown = on_terminal("apply", typed="\x03")
    assert code == 1
    assert shown.rstrip().endswith("Interrupted.")
    assert "Traceback" not in shown


@pytest.mark.parametrize("robot", [{"CI": "true"}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_log_holds_no_control_codes(tree: Path, robot: dict[str, str]) -> None:
    """Whatever the stream claims to be."""
    code, shown = on_terminal("apply", "--yes", **robot)
    assert code == 0
    assert ESCAPE not in shown


def test_colour_is_as_it_was_asked_for(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flag, then NO_COLOR, then FORCE_COLOR, then the terminal; it never changes a word."""
    plain = cli("plan").out
    coloured = cli("plan", "--color", "always").out
    assert ESCAPE in coloured
    assert re.sub(r"\x1b\[\d*m", "", coloured) == plain
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert cli("plan").out == coloured
    assert cli("plan", "--color", "never").out == plain
    assert "\x1b" in on_terminal("plan")[1]
    assert "\x1b" not in on_terminal("plan", "--color", "never")[1]


def test_a_reader_that_goes_away_ends_nothing(tree: Path) -> None:
    """F40: EPIPE is no traceback, and an apply whose report nobody reads succeeds."""
    process = subprocess.Popen([*COMMAND, "apply", "--yes"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0
    assert "Traceback" not in errors
    assert "training started" in errors
    help_ = subprocess.run(
        f"{' '.join(COMMAND)} --help | true", shell=True, capture_output=True, text=True, check=False
    )
    assert help_.stderr == ""


def test_a_full_disk_is_said(tree: Path) -> None:
    """F37: what could not be written is not claimed."""
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run([*COMMAND, "plan"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 1
    assert "The output could not be written" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_closed_streams_are_no_fault(tree: Path) -> None:
    """Stdin, stdout and stderr may all be shut."""
    shut = subprocess.run(f"{' '.join(COMMAND)} plan <&- >&- 2>&-", shell=True, check=False)
    assert shut.returncode == 0
    assert subprocess.run(f"{' '.join(COMMAND)} apply <&- >&- 2>&-", shell=True, check=False).returncode == 4


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8:strict"])
def test_no_encoding_makes_it_fail(tree: Path, encoding: str) -> None:
    """H80: what cannot be shown is spelled out."""
    (tree / "manifests/images/wave.txt").write_text("waving \u4f60\u597d.\n")
    ran = subprocess.run(
        [*COMMAND, "plan"],
        env={**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0
    assert (b"\\u4f60" in ran.stdout) is (encoding != "utf-8:strict")


def test_foreign_words_act_on_nothing(tree: Path, cli: Cli) -> None:
    """H36-H38: what a manifest says cannot drive a terminal or a CI runner."""
    text = (tree / "manifests/dataset.yaml").read_text()
    (tree / "manifests/dataset.yaml").write_text(text.replace("An illustration", "::error::x \u202e An"))
    for command in (("plan",), ("validate",), ("apply", "--yes"), ("status",), ("plan", "--format", "json")):
        ran = cli(*command)
        assert all(char == "\n" or char.isprintable() for char in ran.out + ran.err)
        assert not re.search(r"^\s*::", ran.out + ran.err, re.MULTILINE)


@pytest.mark.slow
def test_one_world_over_a_socket(tree: Path) -> None:
    """`simulate` serves a file, with switches, faults and a log of requests; the tree is applied to it and is in sync."""
    arguments = (
        "--db",
        "served.db",
        "--speed",
        "10000",
        "--set",
        "clone_mode=async_images",
        "--request-log",
        "requests",
    )
    with serving(tree, *arguments, "--fault", "POST /tailored-gen/projects:lost_answer") as address:
        there = {"RECONCILER_ENDPOINT": address, "BRIA_API_TOKEN": CANARY, "RECONCILER_TIER": "pro"}
        done = child("apply", "--yes", "--settle", "0.2", "-vv", **there)
        assert done.returncode == 0, done.stderr
        assert "1 training started" in done.stdout
        assert child("plan", **there).stdout.startswith("In sync")
        foreign = child("plan", "--out", "plan.json", **there)
        assert foreign.returncode == 0
    assert json.loads((tree / "requests").read_text().splitlines()[0])["method"] == "GET"
    elsewhere = child("apply", "plan.json")
    assert elsewhere.returncode == 4
    assert "This plan was made against http://127.0.0.1" in elsewhere.stderr
    assert "not simulator" in elsewhere.stderr


@pytest.mark.slow
def test_the_token_is_in_no_byte(tree: Path) -> None:
    """I15, H81: success and failure, as talkative as can be; stdout, stderr, journal, plan, request log, fault log."""
    with serving(tree, "--request-log", "requests", "--speed", "1000") as address:
        there = {
            "RECONCILER_ENDPOINT": address,
            "BRIA_API_TOKEN": CANARY,
            "PYTHONDEVMODE": "1",
            "RECONCILER_TIER": "pro",
        }
        (tree / "token").write_text(CANARY)
        (tree / "token").chmod(0o600)
        by_file = {**there, "BRIA_API_TOKEN": "", "BRIA_API_TOKEN_FILE": str(tree / "token")}
        ran = [
            child("plan", "-vv", "--out", "plan.json", **there),
            child("apply", "plan.json", "-vv", "--settle", "0.2", **there),
            child("status", "-vv", **by_file),
            child("plan", "-vv", "--root", CANARY, **there),
            child("plan", CANARY, **there),
            child("plan", "--target", f"model/{CANARY}", **there),
        ]
    (tree / "token").unlink()
    assert [one.returncode for one in ran[:3]] == [0, 0, 0]
    for one in ran:
        assert CANARY not in one.stdout + one.stderr, one.args
    places = [path for path in tree.rglob("*") if path.is_file()] + list(Path(os.environ["HOME"]).rglob("fault.log"))
    assert len(places) > 8
    assert all(CANARY.encode() not in path.read_bytes() for path in places)


def begun(*arguments: str, until: str, ignored: str = "", **environ: str) -> "subprocess.Popen[str]":
    """A run in a process of its own that has just said these words on stderr. `ignored` names signals, as `nohup` does."""
    before = ["sh", "-c", f"trap '' {ignored}; exec \"$@\"", "sh"] if ignored else []
    process = subprocess.Popen(
        [*before, *COMMAND, *arguments],
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    await_words(process, until)
    return process


def await_words(process: "subprocess.Popen[str]", words: str) -> None:
    """Read its stderr until it says so."""
    assert process.stderr is not None
    while words not in (line := process.stderr.readline()):
        assert line, f"it ended without saying {words}"


@pytest.mark.slow
@pytest.mark.parametrize("presses", [[signal.SIGTERM], [signal.SIGINT, signal.SIGTERM]])
def test_one_interrupt_ends_in_order_and_two_at_once(tree: Path, presses: list[signal.Signals]) -> None:
    """F40: the report says what is left, the exit code is 1, and running again goes on from there."""
    with serving(tree) as address:
        there = {"RECONCILER_ENDPOINT": address, "BRIA_API_TOKEN": CANARY, "RECONCILER_TIER": "pro"}
        process = begun("apply", "--yes", "--settle", "2", until="project/lora ", **there)
        for press in presses:
            process.send_signal(press)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 1, err
        assert "Traceback" not in err
        assert "Run `reconciler apply` again" in out
        again = child("apply", "--yes", "--settle", "0.2", **there)
        assert again.returncode == 0, again.stderr


@pytest.mark.parametrize("ignored", ["", "INT HUP"])
def test_an_interrupt_before_anything_is_quiet(tree: Path, ignored: str) -> None:
    """A call that has to wait says why; an interruption is one word; exit code 1."""
    there = {"RECONCILER_ENDPOINT": "http://127.0.0.1:9", "BRIA_API_TOKEN": CANARY}
    process = begun("plan", "-v", "--patience", "300", until="no connection yet", ignored=ignored, **there)
    if ignored:
        process.send_signal(signal.SIGHUP)
        for _ in range(3):
            await_words(process, "no connection yet")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert err.endswith("Interrupted.\n")


def test_captions_are_pulled_into_git(tree: Path, cli: Cli) -> None:
    """Text files appear, git's own are left alone, and the one line to change is named."""
    text = (tree / "manifests/dataset.yaml").read_text()
    (tree / "manifests/dataset.yaml").write_text(text.replace("sidecar", "automatic") + "  status: draft\n")
    for name in CAPTIONS:
        (tree / f"manifests/images/{name}.txt").unlink()
    assert cli("captions", "pull", "lora-poses").code == 4
    assert cli("apply", "--yes").code == 0
    pulled = cli("captions", "pull", "lora-poses")
    assert pulled.code == 0
    assert '5 captions written from "lora-poses v1 draft ' in pulled.out
    assert "Now change one line, at manifests/dataset.yaml:8:" in pulled.out
    (tree / "manifests/dataset.yaml").write_text(text + "  status: draft\n")
    (tree / "manifests/images/wave.txt").write_text("something of mine.\n")
    conflict = cli("captions", "pull", "dataset/lora-poses")
    assert conflict.code == 4
    assert "1 caption in git says something else: left alone." in conflict.out
    assert (tree / "manifests/images/wave.txt").read_text() == "something of mine.\n"
    held = cli("captions", "pull", "lora-poses", "--theirs")
    assert held.code == 4
    assert "1 caption in git was not committed, and would be lost: left alone." in held.out
    commit_all()
    assert cli("captions", "pull", "lora-poses", "--theirs").code == 0
    assert (tree / "manifests/images/wave.txt").read_text() != "something of mine.\n"
    for name in CAPTIONS:
        (tree / f"manifests/images/{name}.txt").unlink()
    assert cli("plan").code == 3
    assert cli("captions", "pull", "lora-poses").code == 0


def test_a_fault_of_our_own_is_a_sentence_and_a_file(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No traceback on the terminal; the file holds it, without the token."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("reconciler.app.validate.load", _broken)
    monkeypatch.setenv("BRIA_API_TOKEN", CANARY)
    ran = cli("validate")
    assert ran.code == 1
    assert ran.err.startswith("reconciler met a fault of its own (ZeroDivisionError). Please report it with ")
    log = tmp_path / "state/reconciler/log/fault.log"
    assert "ZeroDivisionError: ***" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    log.unlink()
    log.mkdir()
    assert "no file for the details could be written" in cli("validate").err


def _broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError(CANARY)
