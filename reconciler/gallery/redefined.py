"""What a stale result was asked for that its case says differently now."""

from collections.abc import Mapping

from reconciler.core.gallery import GalleryCase
from reconciler.core.generation.body import asked
from reconciler.core.generation.parameter import operation_of
from reconciler.core.order import Drawer
from reconciler.core.ref import Ref
from reconciler.core.strictjson import Value
from reconciler.core.value import dataclass
from reconciler.gallery.same import is_same

_SCHEMA_FAMILY = "fibo"
"""What a record says of a model of the schema family, which has no training version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redefined:
    """A parameter by its name in records: as it was sent then, and as the case would have it sent now. None is nothing."""

    name: str
    then: Value
    now: Value


def redefined(case: GalleryCase, model: Ref, record: Mapping[str, Value]) -> tuple[Redefined, ...]:
    """What differs, of a model of the version that the record names; nothing where the case could not be drawn with that one."""
    version = record.get("training_version")
    drawer = Drawer(ref=model, version=None if version == _SCHEMA_FAMILY else str(version), medium="")
    if not isinstance(version, str) or operation_of(case.order.draws, drawer) is None:
        return ()
    parameters = record.get("parameters")
    then: dict[str, Value] = {**(parameters if isinstance(parameters, dict) else {}), **_named(record)}
    now = {**_recorded(asked(case.order, drawer, 0).recorded), **_named(_words_of(case))}
    names = dict.fromkeys([*_named({}), *then, *now])
    return tuple(
        Redefined(name=name, then=then.get(name), now=now.get(name))
        for name in names
        if not is_same(then.get(name), now.get(name))
    )


def _named(found: Mapping[str, Value]) -> dict[str, Value]:
    """What stands beside the parameters of a record."""
    return {name: found.get(name) for name in ("kind", "prompt", "seed")}


def _words_of(case: GalleryCase) -> dict[str, Value]:
    return {"kind": case.order.draws.value, "prompt": case.order.prompt, "seed": case.order.given.get("seed")}


def _recorded(found: Mapping[str, object]) -> dict[str, Value]:
    """Parameters as a file would hold them: pictures are known by their digests."""
    return {name: _value(one) for name, one in found.items()}


def _value(one: object) -> Value:
    if isinstance(one, list):
        return [_value(each) for each in one]
    if isinstance(one, Mapping):
        return {str(name): _value(each) for name, each in one.items()}
    return one if isinstance(one, str | int | float | bool) else None
