"""`reconciler.yaml` in the manifest folder: how to run, never who may run or where the token goes."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Annotated

from reconciler.core.account import Account
from reconciler.core.limit import Limits
from reconciler.core.look.ignore import Ignore, IgnoredField
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.mismatch import Vocabulary, problems_of
from reconciler.core.manifest.run_keys import AccountFile, LimitsFile, Number, account_of, account_problems, numbers_in
from reconciler.core.manifest.strict import Strict, fit
from reconciler.core.problem import Location, Problem, in_order
from reconciler.core.ref import parse_ref
from reconciler.core.text import calendar_day, normal, quoted
from reconciler.core.tier import Tier
from reconciler.core.typed import Key
from reconciler.core.value import dataclass
from reconciler.files.simulated_account import ACCOUNT_PATH, AccountFileRefused, account_file, required_path
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import FileRefused, Tree, TreeReader
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml

FILE_NAME = "reconciler.yaml"
SIMULATOR = "simulator"
VENDOR = "https://engine.prod.bria-api.com/v1"
ENDPOINTS = (SIMULATOR, VENDOR)
"""All that a file of the tree may name, and `simulator:FILE`: a pull request must not decide where the token is sent (H78)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the file sets; None for what it does not name. `settle` is in seconds.

    `expect` is what the whole tree is said to cost: trainings, uploads, deletions, as far as it says. `ignores` are
    for `drift` alone.
    Where `problems` holds an error nothing is set at all.
    """

    endpoint: str | None = None
    tier: Tier | None = None
    concurrency: int | None = None
    settle: float | None = None
    account: Account | None = None
    limits: Limits = field(default_factory=Limits)
    expect: Mapping[str, int] = field(default_factory=dict)
    ignores: tuple[Ignore, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectFile(Strict):
    """The `expect` of the file."""

    trainings: Number = None
    uploads: Number = None
    deletions: Number = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreFile(Strict):
    """One item of `drift.ignore`."""

    object: str
    field: IgnoredField
    reason: str
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftFile(Strict):
    """The `drift` of the file."""

    ignore: list[IgnoreFile] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationFile(Strict):
    """The whole file."""

    endpoint: str | None = None
    tier: Tier | None = None
    concurrency: Annotated[int | None, Key(ge=1, le=64)] = None
    settle: Annotated[float | None, Key(ge=0, le=3600, is_finite=True)] = None
    account: AccountFile | None = None
    limits: LimitsFile | None = None
    expect: ExpectFile | None = None
    drift: DriftFile | None = None


_NEVER_HERE = "A token, or a path to one, never stands in a file: set the environment variable BRIA_API_TOKEN."
_WORDS = Vocabulary(
    title=FILE_NAME,
    rule="configuration",
    model=ConfigurationFile,
    remedies={(key,): _NEVER_HERE for key in ("token", "api_token", "token_file", "api_key", "BRIA_API_TOKEN")},
    examples={("account",): "Write it as `account: {name: brand, project: 1001}`."},
)


def load_configuration(root: Path) -> Configuration:
    """What `reconciler.yaml` in `root` sets; nothing if there is no such file. All that is wrong is in `problems`."""
    try:
        tree = Tree(root)
    except FileRefused:
        return Configuration()  # `load` says that the folder is missing
    with tree:
        return configuration_in(tree, root)


def configuration_in(tree: TreeReader, root: Path | None = None) -> Configuration:
    """The same of a tree that is open. Without `root`, which is the place on the disk, no simulated account is looked for."""
    if not tree.holds(FILE_NAME):
        return Configuration()
    data = read_bytes(tree, FILE_NAME, FILE_LIMIT)
    if isinstance(data, Problem):
        return Configuration(problems=(data,))
    return _read(data, tree.shown(FILE_NAME), root)


def _read(data: bytes, path: str, root: Path | None) -> Configuration:
    reading = read_yaml(data, path)
    if reading.problems or not reading.documents:
        return Configuration(problems=in_order(reading.problems))
    document = reading.documents[0]
    if len(reading.documents) > 1 or not isinstance(document.value, dict):
        return Configuration(problems=(_shape(Location(path)),))
    found = fit(ConfigurationFile, document.value)
    if isinstance(found, tuple) or document.has_null:
        mismatches = found if isinstance(found, tuple) else ()
        return Configuration(problems=in_order(problems_of(document, mismatches, _WORDS)))
    endpoint = _endpoint(found.endpoint, root, document)
    refused = (endpoint,) if isinstance(endpoint, Problem) else ()
    if problems := refused + account_problems(found.account, document, _WORDS.rule):
        return Configuration(problems=problems)
    assert not isinstance(endpoint, Problem)
    rules = (found.drift and found.drift.ignore) or []
    if faults := in_order(_judge_rules(rules, document)):
        return Configuration(problems=faults)
    limits = found.limits.said if found.limits else {}
    expect = numbers_in(found.expect) if found.expect else {}
    return Configuration(
        endpoint=endpoint,
        tier=found.tier,
        concurrency=found.concurrency,
        settle=found.settle,
        account=account_of(found.account),
        limits=Limits(**limits),
        expect=expect,
        ignores=tuple(_ignore(rule) for rule in rules),
    )


def _ignore(rule: IgnoreFile) -> Ignore:
    return Ignore(
        ref=parse_ref(rule.object), field=rule.field, reason=normal(rule.reason), until=calendar_day(rule.until or "")
    )


def _judge_rules(rules: list[IgnoreFile], document: Document) -> Iterator[Problem]:
    """What the types let pass: an object that is none, a reason that says nothing, a day that is none."""
    for index, rule in enumerate(rules):
        try:
            parse_ref(rule.object)
        except ValueError as error:
            yield _wrong(document.at("drift", "ignore", index, "object"), '"object" names no object', f"{error}.")
        if not normal(rule.reason):
            place = document.at("drift", "ignore", index, "reason")
            yield _wrong(place, "this rule has no reason", "", "Say why, in a few words.")
        if rule.until is not None and calendar_day(rule.until) is None:
            place = document.at("drift", "ignore", index, "until")
            remedy = "Write it as 2027-01-31: the last day."
            yield _wrong(place, '"until" is no date', f"Found {quoted(rule.until, 40)}.", remedy)


def _wrong(place: Location, summary: str, detail: str, remedy: str = "For example: project/lora") -> Problem:
    return Problem(rule="configuration-ignore", location=place, summary=summary, detail=detail, remedy=remedy)


def _endpoint(named: str | None, root: Path | None, document: Document) -> str | Problem | None:
    """The endpoint that the file names, a simulator's file by its whole path, or as it is named where the root is no place."""
    if named is None or named in ENDPOINTS:
        return named
    kind, colon, path = named.partition(":")
    if kind == SIMULATOR and colon:
        try:
            return f"{SIMULATOR}:{required_path(path) if root is None else account_file(root, path)}"
        except AccountFileRefused as refused:
            return Problem(
                rule="configuration-endpoint",
                location=document.at("endpoint"),
                summary=f"the simulated account cannot be kept in {quoted(path, 60)}",
                detail=f"The path is refused: {refused}.",
                remedy=f"For example: endpoint: {SIMULATOR}:{ACCOUNT_PATH}",
            )
    return Problem(
        rule="configuration-endpoint",
        location=document.at("endpoint"),
        summary=f"this file may not name the endpoint {quoted(named, 60)}",
        detail=f"It may name {quoted(SIMULATOR)}, {quoted(f'{SIMULATOR}:FILE')} or {quoted(VENDOR)}: a pull request can "
        "change this file, and must not decide where the token goes.",
        remedy="Give another endpoint by --endpoint, or by the environment variable RECONCILER_ENDPOINT.",
    )


def _shape(location: Location) -> Problem:
    return Problem(
        rule="configuration-shape",
        location=location,
        summary="this is no configuration",
        detail="It is one document of keys with values.",
        remedy="For example: tier: starter",
    )
