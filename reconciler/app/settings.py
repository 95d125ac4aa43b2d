"""The settings of a run, from flags, environment, reconciler.yaml and defaults. The first of these that has one wins."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from reconciler.api.endpoint import BRIA, SIMULATOR, Endpoint, EndpointRefused, parse_endpoint
from reconciler.api.network import REACH, Network, network_of
from reconciler.app.exceptions import WrongUsage
from reconciler.core.account import Account
from reconciler.core.limit import LIMIT_NAMES, Limits, allow
from reconciler.core.look.ignore import Ignore
from reconciler.core.manifest.overlay import FOLDER, Overlay
from reconciler.core.manifest.suggestion import nearest
from reconciler.core.pattern import pattern
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import NAME_LIMIT, is_name
from reconciler.core.text import in_words, quoted
from reconciler.core.tier import CALLS_A_MINUTE
from reconciler.core.value import dataclass
from reconciler.files.configuration import FILE_NAME, Configuration, load_configuration
from reconciler.files.overlay import load_overlay, overlay_names, with_overlay

if TYPE_CHECKING:
    from reconciler.archive.store import StoreName

PREFIX = "RECONCILER_"
VARIABLES = (
    "ROOT",
    "OVERLAY",
    "ACCOUNT",
    "ENDPOINT",
    "TIER",
    "CONCURRENCY",
    "SETTLE",
    "PATIENCE",
    "ARCHIVE_STORE",
    "ARCHIVE_EXPIRY",
    "COLOR",
    "VERBOSE",
)
"""What may follow RECONCILER_ in the environment."""

UNLIMITED = "none"
"""The tier of a simulator, unless another is asked for: no limit."""

DEFAULT_ROOT = "manifests"
DEFAULT_TIER = "free_trial"
DEFAULT_CONCURRENCY = 4
DEFAULT_SETTLE = 15.0
MOST_CONCURRENCY = 64
LONGEST_SETTLE = 600.0
LONGEST_PATIENCE = 86400.0
DEFAULT_EXPIRY = timedelta(hours=24)
SHORTEST_EXPIRY = timedelta(minutes=5)

T = TypeVar("T")
D = TypeVar("D")
_SPAN = pattern(r"(?P<number>[0-9]{1,5})(?P<unit>[mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one run, without the token. `settle` is in seconds. `tier` is `none` if nothing limits."""

    root: Path
    endpoint: Endpoint
    tier: str
    concurrency: int
    settle: float
    is_simulated_by_tree: bool = False
    """Does `reconciler.yaml` name the simulator, and no flag or variable says otherwise?"""
    patience: float = REACH
    """Seconds for which a host is tried that does not answer at all."""
    overlay: Overlay | None = None
    """What this account has different from others."""
    account: Account | None = None
    """The account that the tree pins."""
    account_name: str = ""
    """What the account is called: by the environment, or by the pin, which must agree with it."""
    limits: Limits
    usual_limits: Limits = field(default_factory=Limits)
    """Those of `reconciler.yaml`: an overlay may have looser ones."""
    expect: Mapping[str, int] = field(default_factory=dict)
    """What the tree says that its plan costs. A plan with other numbers is refused."""
    ignores: tuple[Ignore, ...] = ()
    """Differences that `drift` leaves out. Nothing else reads this."""
    archive_store: "StoreName | None" = None
    """Where archives are put. No file of the tree can name it: a pull request would decide where images go."""
    archive_expiry: timedelta = DEFAULT_EXPIRY
    """How long the address of an archive is good for."""
    environ: Mapping[str, str] = field(repr=False)

    @property
    def overlay_name(self) -> str:
        """The name of the overlay; empty if there is none."""
        return "" if self.overlay is None else self.overlay.name

    @property
    def account_file(self) -> str:
        """The file that pins the account, or should."""
        return _account_file(self.root, self.account, self.overlay)

    @property
    def network(self) -> Network:
        """The proxy and the certificates of the environment; no file of the tree can name them."""
        return network_of(self.environ)


def resolve_settings(
    given: Mapping[str, object], environ: Mapping[str, str], *, raised: Mapping[str, int] | None = None
) -> Settings:
    """Flag, else environment, else reconciler.yaml, else default. WrongUsage for a value that cannot be used.

    `raised` are the limits that `--allow` gives another number.
    """
    given_values = _Given(given, environ)
    root = root_of(given, environ)
    usual = _configuration(root)
    overlay = given_values.pick("overlay", partial(_overlay, root), None)
    if overlay is not None and any(problem.is_error for problem in overlay.problems):
        raise ProblemsFound(overlay.problems)
    configuration = with_overlay(usual, overlay)
    configured = _configured(configuration)
    endpoint = given_values.pick("endpoint", _endpoint, configured or parse_endpoint(BRIA))
    tier = configuration.tier or (UNLIMITED if endpoint.is_simulator else DEFAULT_TIER)
    return Settings(
        root=root,
        endpoint=endpoint,
        is_simulated_by_tree=endpoint is configured and endpoint.is_simulator,
        overlay=overlay,
        account=configuration.account,
        account_name=_account_name(
            given_values, configuration.account, _account_file(root, configuration.account, overlay)
        ),
        tier=given_values.pick("tier", _tier, tier),
        concurrency=given_values.pick("concurrency", _concurrency, _or(configuration.concurrency, DEFAULT_CONCURRENCY)),
        settle=given_values.pick("settle", _settle, _or(configuration.settle, DEFAULT_SETTLE)),
        patience=given_values.pick("patience", _patience, REACH),
        limits=raised_limits(configuration.limits, raised or {}),
        usual_limits=usual.limits,
        expect=configuration.expect,
        ignores=configuration.ignores,
        archive_store=given_values.pick("archive_store", _store, None),
        archive_expiry=given_values.pick("archive_expiry", _expiry, DEFAULT_EXPIRY),
        environ=environ,
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """What flags and environment say. An empty variable counts as not set."""

    given: Mapping[str, object]
    environ: Mapping[str, str]

    def text(self, name: str) -> str | None:
        value = self.given.get(name)
        return str(value) if value is not None else self.environ.get(PREFIX + name.upper()) or None

    def pick(self, name: str, read: Callable[[str], T], otherwise: D) -> T | D:
        """The value that was given, read. WrongUsage names the flag or variable if it cannot be used."""
        text = self.text(name)
        if text is None:
            return otherwise
        try:
            return read(text)
        except ValueError as error:
            place = f"--{name.replace('_', '-')}" if self.given.get(name) is not None else PREFIX + name.upper()
            raise WrongUsage(f"{place}: {error}.") from None


def _overlay(root: Path, name: str) -> Overlay:
    """The overlay of this name. ValueError says which ones there are."""
    names = overlay_names(root)
    if name in names:
        return load_overlay(root, name)
    place = root / FOLDER
    said = f"there is no overlay {quoted(name, 60)}"
    if not names:
        raise ValueError(f"{said}: {place} holds none")
    guess = nearest(name, names)
    meant = f"; did you mean {guess}? The" if guess else "; the"
    raise ValueError(f"{said}{meant} overlays in {place} are {in_words(names, 'and')}")


def _account_file(root: Path, pinned: Account | None, overlay: Overlay | None) -> str:
    """That of the overlay, unless `reconciler.yaml` pins the account for all."""
    is_for_all = overlay is None or (pinned is not None and overlay.account is None)
    return str(root / FILE_NAME) if overlay is None or is_for_all else overlay.path


def _account_name(given: _Given, pinned: Account | None, place: str) -> str:
    """The name that the environment gives, else the pinned one. WrongUsage where they differ: one of them is wrong."""
    name = given.pick("account", _name, "")
    if name and pinned is not None and name != pinned.name:
        raise WrongUsage(
            f"{PREFIX}ACCOUNT is {name}, and {place} pins the account {pinned}. "
            "Write the same name at both places, if it is the same account."
        )
    return name or ("" if pinned is None else pinned.name)


def root_of(given: Mapping[str, object], environ: Mapping[str, str]) -> Path:
    """The folder of the manifests. It need not exist."""
    return Path(_Given(given, environ).text("root") or DEFAULT_ROOT)


def stage_of(given: Mapping[str, object], environ: Mapping[str, str]) -> str:
    """What tells apart the stages of one root, which have an account each: comments of CI are found again by it.

    It is known before any file is read, so that a comment about a broken one is found again, too.
    """
    read = _Given(given, environ)
    return read.text("account") or read.text("overlay") or ""


def raised_limits(limits: Limits, raised: Mapping[str, int]) -> Limits:
    """The limits, some of them with another number for this run."""
    try:
        return allow(limits, raised)
    except KeyError as error:
        known = ", ".join(LIMIT_NAMES)
        raise WrongUsage(f"There is no limit {quoted(str(error.args[0]))}; the limits are {known}.") from None


def unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each RECONCILER_ variable that means nothing. Its value is not shown."""
    sentences = []
    for name in sorted(environ):
        tail = name.removeprefix(PREFIX)
        if tail != name and tail not in VARIABLES:
            import difflib

            close = difflib.get_close_matches(tail, VARIABLES, n=1)
            hint = f"; did you mean {PREFIX}{close[0]}?" if close else "."
            sentences.append(f"{quoted(name)} is set and means nothing{hint}")
    return tuple(sentences)


def _configured(configuration: Configuration) -> Endpoint | None:
    """The endpoint of reconciler.yaml. A file of the repository may name the simulator or the vendor's origin only.

    Otherwise a pull request could send the token of CI to another host.
    """
    if configuration.endpoint is None:
        return None
    kind, _, file = configuration.endpoint.partition(":")
    if kind == SIMULATOR and file:
        return Endpoint(origin=SIMULATOR, store=file)  # a whole path, which may hold what nobody would type
    endpoint = _endpoint(configuration.endpoint)
    assert endpoint.is_simulator or endpoint.is_bria, "the configuration admits no other origin"
    return endpoint


def _endpoint(text: str) -> Endpoint:
    try:
        return parse_endpoint(text)
    except EndpointRefused as error:
        raise ValueError(str(error)) from None


def _configuration(root: Path) -> Configuration:
    """What reconciler.yaml says. ProblemsFound if anything in it is wrong."""
    configuration = load_configuration(root)
    if any(problem.is_error for problem in configuration.problems):
        raise ProblemsFound(configuration.problems)
    return configuration


def _or(value: T | None, otherwise: T) -> T:
    return otherwise if value is None else value


def _tier(text: str) -> str:
    if text not in CALLS_A_MINUTE:
        raise ValueError(f"{quoted(text)} is no tier; the tiers are {', '.join(CALLS_A_MINUTE)}")
    return text


def _name(text: str) -> str:
    if not is_name(text):
        raise ValueError(f"{quoted(text, 60)} is no name: lower-case letters, digits and hyphens, at most {NAME_LIMIT}")
    return text


def _concurrency(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_CONCURRENCY:
        raise ValueError(f"{quoted(text)} is no number from 1 to {MOST_CONCURRENCY}")
    return int(text)


def _settle(text: str) -> float:
    return _seconds(text, 0.0, LONGEST_SETTLE)


def _patience(text: str) -> float:
    return _seconds(text, 1.0, LONGEST_PATIENCE)


def _seconds(text: str, least: float, most: float) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not least <= seconds <= most:
        raise ValueError(f"{quoted(text)} is no number of seconds from {least:.0f} to {most:.0f}")
    return seconds


def _store(text: str) -> "StoreName":
    from reconciler.archive.store import parse_store

    return parse_store(text)


def _expiry(text: str) -> timedelta:
    from reconciler.archive.store import LONGEST

    match = _SPAN.fullmatch(text)
    span = timedelta(**{_UNITS[match["unit"]]: int(match["number"])}) if match else timedelta()
    if not SHORTEST_EXPIRY <= span <= LONGEST:
        raise ValueError(f"{quoted(text)} is no time from 5m to 7d, such as 90m, 24h or 2d")
    return span
