"""The one place where structured documents are compared: definitions, and JSON documents of any depth."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.core.change import FieldChange, Scalar

_PLAIN: Final = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


def field_changes(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[FieldChange, ...]:
    """What differs between two documents of mappings, lists and scalars, sorted by path (`training.rank`, `colors[1]`).

    The smallest parts that differ are named. Values are compared as JSON has them: `1` and `1.0` are one number, and
    neither is `true`. A whole part that comes or goes is given as its JSON. deepdiff is imported only where something
    differs: it is by far the dearest import of all.
    """
    one, other = _comparable(before), _comparable(after)
    if one == other:
        return ()
    from deepdiff import DeepDiff

    tree = DeepDiff(one, other, view="tree", threshold_to_diff_deeper=0)
    changes = [_change(item) for kind in sorted(tree) for item in tree[kind]]
    return tuple(sorted(changes, key=lambda change: change.path))


class _Leaf(str):
    """A scalar as its JSON text, by which it is compared, and as it was given, which is shown."""

    __slots__ = ("value",)
    value: Scalar

    @classmethod
    def of(cls, value: Scalar) -> "_Leaf":
        number = int(value) if isinstance(value, float) and value.is_integer() else value
        leaf = cls(json.dumps(number, ensure_ascii=False))
        leaf.value = value
        return leaf


_Comparable = _Leaf | list["_Comparable"] | dict[str, "_Comparable"]


def _comparable(value: object) -> _Comparable:
    match value:
        case Mapping():
            return {str(key): _comparable(item) for key, item in value.items()}
        case list() | tuple():
            return [_comparable(item) for item in value]
        case str() | int() | float() | None:
            return _Leaf.of(value)
        case _:
            raise TypeError(f"{type(value).__name__} is no part of a document")


def _change(item: object) -> FieldChange:
    keys: Iterable[str | int] = item.path(output_format="list")  # type: ignore[attr-defined]
    before, after = item.t1, item.t2  # type: ignore[attr-defined]
    return FieldChange(path=_path(keys), before=_shown(before, beside=after), after=_shown(after, beside=before))


def _path(keys: Iterable[str | int]) -> str:
    """`training.rank`, `colors[1]`, `captions["a b"]`."""
    path = ""
    for key in keys:
        if isinstance(key, str) and _PLAIN.fullmatch(key):
            path += f".{key}" if path else key
        else:
            path += f"[{json.dumps(key, ensure_ascii=False)}]"
    return path


def _shown(part: object, *, beside: object) -> Scalar:
    """A scalar as it is, anything larger as its JSON; None where there is nothing.

    A null that comes where nothing was, or where something larger was, is shown as JSON too: it is not nothing.
    """
    if isinstance(part, _Leaf):
        return str(part) if part.value is None and not isinstance(beside, _Leaf) else part.value
    return _json(part) if isinstance(part, list | dict) else None


def _json(part: object) -> str:
    if isinstance(part, _Leaf):
        return str(part)
    if isinstance(part, list):
        return f"[{','.join(map(_json, part))}]"
    assert isinstance(part, dict)
    return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_json(item)}" for key, item in part.items()) + "}"
