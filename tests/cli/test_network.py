"""What the environment says about the network, seen from the command line: honoured, said once, and without secrets."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.cli.console import Console
from reconciler.clock import SystemClock
from reconciler.simulator import Simulator, serving
from tests.api.connect_proxy import AUTHORIZATION, LOGIN, Passed, authority, connect_proxy, tls_before
from tests.cli.conftest import Cli, commit_all

HOST = "api.corp.example"
TOKEN = "canary-token-7f3e9a1c5b"


@dataclass(frozen=True, slots=True)
class Office:
    """A corporate network: the API behind TLS, reached through a proxy that wants a login."""

    simulator: Simulator
    passed: Passed


@contextmanager
def in_thread(address: str) -> Iterator[Passed]:
    """The proxy, in a loop of its own."""
    found: list[Passed] = []
    ready, over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with tls_before(address, HOST) as origin, connect_proxy(origin, wants_login=True) as passed:
            found.append(passed)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield found[0]
    finally:
        over.set()
        thread.join()


@pytest.fixture
def office(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The environment of somebody who works there."""
    simulator = Simulator(speed=1000)
    authority().cert_pem.write_to_path(str(tree / "ca.pem"))
    with serving(simulator) as address, in_thread(address) as passed:
        for name, value in {
            "BRIA_API_TOKEN": TOKEN,
            "HTTPS_PROXY": f"http://{LOGIN}@{passed.address}",
            "SSL_CERT_FILE": str(tree / "ca.pem"),
            "RECONCILER_ENDPOINT": f"https://{HOST}",
            "RECONCILER_SETTLE": "0.1",
            "RECONCILER_TIER": "enterprise",
        }.items():
            monkeypatch.setenv(name, value)
        yield Office(simulator, passed)


def test_an_apply_behind_a_proxy_with_a_certificate_authority_of_its_own(office: Office, tree: Path, cli: Cli) -> None:
    """It says once how requests go, and shows neither the token nor the proxy's password, however much it says."""
    ran = cli("apply", "--yes", "-vv")
    assert ran.code == 0, ran.err
    notice = f"Requests go through the proxy http://{office.passed.address} (HTTPS_PROXY). "
    assert ran.err.count(f"{notice}Servers are verified by the certificates of SSL_CERT_FILE.\n") == 1
    assert "In sync" in cli("plan").out
    assert len(office.simulator.log) > 10
    assert {head.split()[1] for head in office.passed.heads} == {f"{HOST}:443"}
    written = [path.read_text(errors="replace") for path in (tree / ".reconciler").rglob("*") if path.is_file()]
    for text in [ran.out, ran.err, office.passed.sent.decode("latin-1"), *written]:
        assert TOKEN not in text
        assert "canary-pass" not in text
        assert "dXNAZXI6" not in text


SILENT = (
    "validate",
    "doctor",
    "schema",
    "version",
    "plan --endpoint simulator",
    "plan --base HEAD",
    "plan --base HEAD --format markdown",
    "plan --base HEAD --format html",
    "plan --base HEAD --out plan.json",
    "diff lora-poses --rev HEAD",
    "mv lora-max lora-end --diff",
    "migrate lora --to schema",
    "gallery status",
    "init --name Mira --root mira --diff",
)


@pytest.mark.parametrize("line", SILENT)
def test_a_command_that_sends_nothing_is_silent(office: Office, cli: Cli, line: str) -> None:
    """Whatever the environment names."""
    commit_all()
    err = cli(*line.split()).err
    assert not any(name in err for name in ("HTTPS_PROXY", "SSL_CERT_FILE", "proxy"))
    assert office.passed.heads == []


def test_nothing_is_said_of_the_network_where_the_tree_is_refused(office: Office, tree: Path, cli: Cli) -> None:
    """The words tell how requests travel, and none does."""
    (tree / "manifests/project.yaml").write_text("kind: Nothing\n")
    for line in ("plan", "adopt project/lora 1001", "download model/lora-max", "apply --yes"):
        ran = cli(*line.split())
        assert ran.code == 3, ran.err
        assert not any(name in ran.err for name in ("HTTPS_PROXY", "SSL_CERT_FILE"))
    assert office.passed.heads == []


def test_what_stays_on_this_machine_is_not_said_to_leave_it(
    office: Office, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loopback is never proxied, and http needs no certificates."""
    with serving(Simulator(speed=1000)) as address:
        ran = cli("plan", "--endpoint", address)
    assert ran.code == 0
    assert "HTTPS_PROXY" not in ran.err
    assert "SSL_CERT_FILE" not in ran.err
    assert office.passed.heads == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("HTTPS_PROXY", "socks5://canary:canary@h:1", "HTTPS_PROXY names no proxy that this tool can use"),
        ("SSL_CERT_FILE", "/no/such/canary", "SSL_CERT_FILE names a file that cannot be read: No such file"),
        ("SSL_CERT_DIR", "/no/such/canary", "SSL_CERT_DIR names a folder that cannot be read: No such file"),
    ],
)
def test_a_variable_that_cannot_be_used_ends_with_64(
    office: Office, cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    """Before anything is sent, and without its value; a command that sends nothing does not look at it."""
    monkeypatch.setenv(name, value)
    for command in (("plan",), ("apply", "--yes")):
        ran = cli(*command)
        assert (ran.code, ran.out) == (64, "")
        assert words in ran.err
        assert "nothing was sent" in ran.err
        assert "canary" not in ran.err
    assert cli("validate").code == 0
    assert office.passed.heads == []


def test_variables_that_are_not_used_are_named_by_what_sends(
    office: Office, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H79: where requests leave this machine, and only there."""
    monkeypatch.setenv("ALL_PROXY", "http://canary@proxy.example:3128")
    warning = "warning: ALL_PROXY is set and is not used.\n"
    assert cli("plan").err.count(warning) == 1
    assert warning not in cli("validate").err
    assert warning not in cli("plan", "--endpoint", "simulator").err


def test_the_password_of_a_proxy_is_masked_wherever_it_got_in() -> None:
    """The last net, for faults and libraries: as it is sent, as it is written, and as it is meant."""
    console = Console({"https_proxy": f"http://{LOGIN}@proxy:3128"})
    for text in (
        "canary-pass/word",
        "canary-pass%2Fword",
        "us@er:canary-pass/word",
        AUTHORIZATION.removeprefix("Basic "),
    ):
        assert console.masked(f"before {text} after") == "before *** after"
    assert console.masked("a pass word") == "a pass word"
    assert Console({"https_proxy": "socks5://u:p@h"}).masked("u:p") == "u:p"


@pytest.mark.parametrize("value", ["0", "soon", "86401"])
def test_a_patience_that_is_none(tree: Path, cli: Cli, value: str) -> None:
    """From a second to a day."""
    assert f'--patience: "{value}" is no number of seconds from 1 to 86400' in cli("plan", "--patience", value).err


def test_a_host_that_is_not_there_is_named_within_patience(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its name and port, with what to do before."""
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    monkeypatch.setenv("RECONCILER_PATIENCE", "1")
    with serving(Simulator()) as address:
        gone = address.removesuffix("/v1")
    ran = cli("plan", "--endpoint", gone)
    assert ran.code == 1
    assert f": {gone.removeprefix('http://')} refuses the connection" in ran.err


def test_a_token_file_that_others_can_read_is_warned_of_by_what_sends(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, and the token is used all the same; one that others can write is refused."""
    place = tree / "token"
    place.write_text(TOKEN)
    place.chmod(0o644)
    monkeypatch.setenv("BRIA_API_TOKEN_FILE", str(place))
    warning = "warning: the file that BRIA_API_TOKEN_FILE names can be read by others (mode 0644)"
    with serving(Simulator(speed=1000)) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        ran = cli("plan")
        assert ran.code == 0
        assert ran.err.count(warning) == 1
        assert warning not in cli("validate").err
        place.chmod(0o646)
        ran = cli("plan")
    assert ran.code == 64
    assert "can be written by others (mode 0646); set it to 0600" in ran.err
    assert TOKEN not in ran.err


@pytest.fixture
def fast(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """`reconciler simulate --speed 20000`, whose lists lag, named by the environment as in CI."""
    simulator = Simulator(speed=20000, switches={"list_lag_seconds": "5", "clone_mode": "async_images"})
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    with serving(simulator) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        yield simulator


def test_trying_ci_against_a_fast_simulator_takes_seconds(fast: Simulator, tree: Path, cli: Cli) -> None:
    """Polls, limits and settling follow the server's time; with the default tier and settle, and a training of hours."""
    clock = SystemClock()
    began = clock.now()
    ran = cli("apply", "--yes", "--wait", "training")
    assert ran.code == 0, ran.err
    assert "passes 20,000 times as fast as ours: waits follow it, and durations are simulated.\n" in ran.err
    told = [line.partition("lora-max v1")[2].strip() for line in ran.err.splitlines() if "lora-max v1" in line]
    assert "training started (id 40001); a training takes 1 to 3 hours" in told
    assert "in training for" in told[-2]
    assert told[-1] == "trained (id 40001)"
    (tree / "manifests/images/wave.txt").write_text("waving with both hands.\n")
    assert cli("apply", "--yes", "--wait", "none").code == 0
    waited = cli("wait", "lora-max")
    assert (waited.code, waited.out) == (0, "model/lora-max  trained (id 40002)\n")
    assert clock.now() - began < 20
    posts = [entry.path for entry in fast.log if entry.method == "POST" and entry.committed]
    assert sum(path.endswith("/projects") for path in posts) == 1
    assert sum(path.endswith("/start_training") for path in posts) == 2
