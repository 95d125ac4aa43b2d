"""Edits of values, and what a document says after each of them."""

from collections.abc import Callable

from reconciler.core.strictjson import Value
from reconciler.core.value import dataclass
from reconciler.files.yaml.rendering import same
from reconciler.files.yaml.yaml_text import NoSuchPlace, Steps


@dataclass(frozen=True, slots=True)
class Replace:
    """Another value in place of the one at `path`. Of a mapping or list, only what differs is written."""

    path: Steps
    value: Value
    document: int = 0


@dataclass(frozen=True, slots=True)
class Insert:
    """A new key in the mapping at `path`, behind the key `after`, else behind the last.

    Where nothing is, or a key without a value, it makes the mapping.
    """

    path: Steps
    key: str
    value: Value
    after: str | None = None
    document: int = 0


@dataclass(frozen=True, slots=True)
class Append:
    """A new last item of the list at `path`."""

    path: Steps
    value: Value
    document: int = 0


@dataclass(frozen=True, slots=True)
class Remove:
    """The key or item at `path` goes, with its value. What is left of the only one is `{}` or `[]`."""

    path: Steps
    document: int = 0


@dataclass(frozen=True, slots=True)
class Rename:
    """The key at the end of `path` is called otherwise; its value, its place and its comments stay."""

    path: Steps
    key: str
    document: int = 0


Edit = Replace | Insert | Append | Remove | Rename


def parts_of(edit: Edit, root: Value) -> list[Edit]:
    """What an edit comes to: smaller ones for what differs in a mapping or list, nothing if all is as wished, else itself."""
    value = _at(root, edit.path)
    match edit:
        case Replace():
            return _differences(edit, value)
        case Insert():
            if value is None:
                return [Replace(edit.path, {edit.key: edit.value}, edit.document)]
            if not isinstance(value, dict) or edit.key in value or (edit.after is not None and edit.after not in value):
                raise NoSuchPlace(f"{edit.key!r} cannot be inserted behind {edit.after!r} at {edit.path!r}")
        case Append():
            if not isinstance(value, list):
                raise NoSuchPlace(f"there is no list at {edit.path!r}")
        case Remove() | Rename():
            return _of_a_key(edit, _at(root, edit.path[:-1]) if edit.path else None)
    return [edit]


def _of_a_key(edit: Remove | Rename, parent: Value) -> list[Edit]:
    """An edit of a key, or of an item, in what holds it."""
    if isinstance(edit, Rename):
        if not isinstance(parent, dict) or edit.key in parent:
            raise NoSuchPlace(f"the key at {edit.path!r} cannot be called {edit.key!r}")
    elif not isinstance(parent, dict | list):
        raise NoSuchPlace("a whole document cannot be removed")
    elif len(parent) == 1:
        return [Replace(edit.path[:-1], {} if isinstance(parent, dict) else [], edit.document)]
    return [edit]


def _differences(edit: Replace, before: Value) -> list[Edit]:
    after, path, document = edit.value, edit.path, edit.document
    if same(before, after):
        return []
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() & after.keys():
        keys = list(after)
        return [
            *(Replace((*path, key), after[key], document) for key in keys if key in before),
            *(
                Insert(path, key, after[key], after=keys[at - 1] if at else None, document=document)
                for at, key in enumerate(keys)
                if key not in before
            ),
            *(Remove((*path, key), document) for key in before if key not in after),
        ]
    if isinstance(before, list) and isinstance(after, list) and before and after:
        shared = min(len(before), len(after))
        return [
            *(Replace((*path, at), after[at], document) for at in range(shared)),
            *(Append(path, item, document) for item in after[shared:]),
            *(Remove((*path, at), document) for at in reversed(range(shared, len(before)))),
        ]
    return [edit]


def after(root: Value, edit: Edit) -> Value:
    """A document after an edit; what it shares with the one before stays as it is."""
    match edit:
        case Replace(path, value):
            return _with(root, path, lambda _: value)
        case Insert(path, key, value):
            return _with(root, path, lambda found: {**found, key: value} if isinstance(found, dict) else found)
        case Append(path, value):
            return _with(root, path, lambda found: [*found, value] if isinstance(found, list) else found)
        case Remove(path):
            return _with(root, path[:-1], lambda found: _without(found, path[-1]))
        case Rename(path, key):
            return _with(root, path[:-1], lambda found: _called(found, path[-1], key))


def _with(value: Value, path: Steps, change: Callable[[Value], Value]) -> Value:
    if not path:
        return change(value)
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(step, str):
        return {**value, step: _with(value[step], rest, change)}
    assert isinstance(value, list)
    assert isinstance(step, int)
    return [*value[:step], _with(value[step], rest, change), *value[step + 1 :]]


def _without(value: Value, step: str | int) -> Value:
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if key != step}
    assert isinstance(value, list)
    return [item for at, item in enumerate(value) if at != step]


def _called(value: Value, step: str | int, key: str) -> Value:
    assert isinstance(value, dict)
    return {key if one == step else one: item for one, item in value.items()}


def _at(value: Value, path: Steps) -> Value:
    for step in path:
        value = _child(value, step)
    return value


def _child(value: Value, step: str | int) -> Value:
    if isinstance(value, dict) and isinstance(step, str) and step in value:
        return value[step]
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    raise NoSuchPlace(f"there is no {step!r}")
