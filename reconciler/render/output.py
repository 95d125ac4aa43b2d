"""The live models of each manifest, for programs that generate with them: JSON, or lines of an environment file."""

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.core.strictjson import dumps
from reconciler.core.value import dataclass
from reconciler.render.view import Item, Items, Line, Role, Row, View, say, screen

Value = int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAlias:
    """The trained version that answers to an alias. If none does, all is None and `problem` says why."""

    name: str
    id: int | None = None
    version: int | None = None
    fingerprint: str | None = None
    status: str = "absent"
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveModel:
    """The version of a model that programs should use. If none is live, `id` and all else is None."""

    name: str
    id: int | None = None
    version: int | None = None
    status: str = "absent"
    fingerprint: str | None = None
    aliases: tuple[LiveAlias, ...] = ()


class NamesClash(ValueError):
    """Two values would have one name as environment variables."""


def output_view(models: Iterable[LiveModel]) -> View:
    """For people."""
    items = tuple(
        Item(
            sign=None,
            name=f"model/{model.name}",
            versions=_version(model),
            text=say(_status(model)),
            rows=tuple(_alias(alias) for alias in model.aliases),
        )
        for model in models
    )
    return screen([Items(items=items)] if items else [Line(text=say("No models are declared."))])


def _version(one: LiveModel | LiveAlias) -> str:
    return f"v{one.version}" if one.version is not None else ""


def _status(one: LiveModel | LiveAlias) -> str:
    return one.status if one.id is None else f"{one.status} (id {one.id}, {one.fingerprint})"


def _alias(alias: LiveAlias) -> Row:
    if alias.id is None:
        return Row(label=alias.name, text=say(f"nothing answers: {alias.problem}", Role.WARNING))
    return Row(label=alias.name, text=say(f"{_version(alias)}  {_status(alias)}"))


def output_json(models: Iterable[LiveModel]) -> str:
    """`{"models": {"lora-max": {"id", "version", "status", "fingerprint", "aliases": {"production": {...}}}}}`."""
    found = {
        model.name: {**_facts(model), "aliases": {alias.name: _facts(alias) for alias in model.aliases}}
        for model in models
    }
    return dumps({"models": found})


def _facts(one: LiveModel | LiveAlias) -> dict[str, Value | None]:
    return {"id": one.id, "version": one.version, "status": one.status, "fingerprint": one.fingerprint}


def output_env(models: Iterable[LiveModel]) -> str:
    """`MODEL_LORA_MAX_ID=92`, `MODEL_LORA_MAX_PRODUCTION_ID=81`: a line for each value; NamesClash where two are one.

    What is not live has its status only. Raises ValueError for a value that one line cannot hold.
    """
    pairs = [pair for model in models for pair in _pairs(model)]
    twice = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    if twice:
        raise NamesClash(f"{twice[0]} would stand for two things: give a model or an alias another name")
    return "".join(f"{name}={_one_line(name, value)}\n" for name, value in pairs)


def _pairs(model: LiveModel) -> Iterator[tuple[str, Value]]:
    stem = f"MODEL_{_upper(model.name)}"
    stems = [(stem, _facts(model)), *((f"{stem}_{_upper(alias.name)}", _facts(alias)) for alias in model.aliases)]
    for head, facts in stems:
        yield from ((f"{head}_{key.upper()}", value) for key, value in facts.items() if value is not None)


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")


def _one_line(name: str, value: Value) -> Value:
    """The value, if it fits on one line. A line break in it would be read as further outputs (GITHUB_OUTPUT takes any)."""
    if isinstance(value, str) and not (value.isascii() and value.isprintable()):
        raise ValueError(f"{name} holds characters that a line cannot hold")
    return value
