"""What a run was told, from flags, environment, reconciler.yaml and defaults: the first that speaks wins."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from reconciler.api.endpoint import BRIA, Endpoint, EndpointRefused, parse_endpoint
from reconciler.api.limiter import TIERS
from reconciler.app.fault import Unusable
from reconciler.core.limit import LIMIT_NAMES, Limits, allow
from reconciler.core.look.ignore import Ignore
from reconciler.core.problem import ProblemsFound
from reconciler.core.text import quoted
from reconciler.files.configuration import Configuration, load_configuration

PREFIX = "RECONCILER_"
VARIABLES = ("ROOT", "ENDPOINT", "TIER", "CONCURRENCY", "SETTLE", "COLOR", "VERBOSE")
"""What may follow RECONCILER_ in the environment."""

UNLIMITED = "none"
"""The tier of the embedded simulator, unless another is asked for."""

DEFAULT_ROOT = "manifests"
DEFAULT_TIER = "free_trial"
DEFAULT_CONCURRENCY = 4
DEFAULT_SETTLE = 15.0
MOST_CONCURRENCY = 64
LONGEST_SETTLE = 600.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One run's settings; the token is not among them. `settle` in seconds, `tier` `none` where nothing limits."""

    root: Path
    endpoint: Endpoint
    tier: str
    concurrency: int
    settle: float
    limits: Limits
    expect: Mapping[str, int] = field(default_factory=dict)
    """What the tree says that its plan costs; a plan that says otherwise is refused."""
    ignores: tuple[Ignore, ...] = ()
    """What `drift` leaves out; nothing else reads it."""
    environ: Mapping[str, str] = field(repr=False)


def resolve_settings(
    given: Mapping[str, object], environ: Mapping[str, str], *, raised: Mapping[str, int] | None = None
) -> Settings:
    """Flag, else environment, else reconciler.yaml, else default. Unusable for a value that will not do.

    `raised` are limits that `--allow` gives another number.
    """
    told = _Told(given, environ)
    root = root_of(given, environ)
    configuration = _configuration(root)
    endpoint = told.pick("endpoint", _endpoint, _configured(configuration) or parse_endpoint(BRIA))
    tier = configuration.tier or (UNLIMITED if endpoint.is_simulator else DEFAULT_TIER)
    return Settings(
        root=root,
        endpoint=endpoint,
        tier=told.pick("tier", _tier, tier),
        concurrency=told.pick("concurrency", _concurrency, _or(configuration.concurrency, DEFAULT_CONCURRENCY)),
        settle=told.pick("settle", _settle, _or(configuration.settle, DEFAULT_SETTLE)),
        limits=raised_limits(configuration.limits, raised or {}),
        expect=configuration.expect,
        ignores=configuration.ignores,
        environ=environ,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What flags and environment say; an empty variable says nothing."""

    given: Mapping[str, object]
    environ: Mapping[str, str]

    def text(self, name: str) -> str | None:
        value = self.given.get(name)
        return str(value) if value is not None else self.environ.get(PREFIX + name.upper()) or None

    def pick(self, name: str, read: Callable[[str], T], otherwise: T) -> T:
        """The value that was told, read; Unusable names the place of one that will not do."""
        text = self.text(name)
        if text is None:
            return otherwise
        try:
            return read(text)
        except ValueError as error:
            place = f"--{name}" if self.given.get(name) is not None else PREFIX + name.upper()
            raise Unusable(f"{place}: {error}.") from None


def root_of(given: Mapping[str, object], environ: Mapping[str, str]) -> Path:
    """The folder of the manifests; whether it exists is not asked."""
    return Path(_Told(given, environ).text("root") or DEFAULT_ROOT)


def raised_limits(limits: Limits, raised: Mapping[str, int]) -> Limits:
    """Limits with some of them at another number for this run."""
    try:
        return allow(limits, raised)
    except KeyError as error:
        known = ", ".join(LIMIT_NAMES)
        raise Unusable(f"There is no limit {quoted(str(error.args[0]))}; the limits are {known}.") from None


def strange_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each RECONCILER_ variable that means nothing; its value is not shown."""
    sentences = []
    for name in sorted(environ):
        tail = name.removeprefix(PREFIX)
        if tail != name and tail not in VARIABLES:
            close = difflib.get_close_matches(tail, VARIABLES, n=1)
            hint = f"; did you mean {PREFIX}{close[0]}?" if close else "."
            sentences.append(f"{quoted(name)} is set and means nothing{hint}")
    return tuple(sentences)


def _configured(configuration: Configuration) -> Endpoint | None:
    """A file of the repository may name the simulator or the vendor's own origin, nothing else."""
    if configuration.endpoint is None:
        return None
    endpoint = _endpoint(configuration.endpoint)
    assert endpoint.is_simulator or endpoint.is_bria, "the configuration admits no other origin"
    return endpoint


def _endpoint(text: str) -> Endpoint:
    try:
        return parse_endpoint(text)
    except EndpointRefused as error:
        raise ValueError(str(error)) from None


def _configuration(root: Path) -> Configuration:
    """What reconciler.yaml says; ProblemsFound where anything in it is wrong."""
    configuration = load_configuration(root)
    if any(problem.is_error for problem in configuration.problems):
        raise ProblemsFound(configuration.problems)
    return configuration


def _or(value: T | None, otherwise: T) -> T:
    return otherwise if value is None else value


def _tier(text: str) -> str:
    if text not in TIERS:
        raise ValueError(f"{quoted(text)} is no tier; the tiers are {', '.join(TIERS)}")
    return text


def _concurrency(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_CONCURRENCY:
        raise ValueError(f"{quoted(text)} is no number from 1 to {MOST_CONCURRENCY}")
    return int(text)


def _settle(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_SETTLE:
        raise ValueError(f"{quoted(text)} is no number of seconds from 0 to {LONGEST_SETTLE:.0f}")
    return seconds
