"""Aliases: stable names for versions of a model, moved by commits. Finds the live version that each of them names."""

from collections.abc import Iterable

from reconciler.core.desired import CURRENT, DesiredModel
from reconciler.core.diff.election import ALIVE, ModelMember, elect_model, newest_model
from reconciler.core.live import ModelStatus
from reconciler.core.ref import Ref
from reconciler.core.state import AliasState
from reconciler.core.text import quoted


def resolve_aliases(
    model: DesiredModel, fingerprint: str | None, versions: Iterable[ModelMember]
) -> tuple[AliasState, ...]:
    """The live version that each alias of a model names; `fingerprint` is the desired one, None if its dataset is held.

    Only completed versions count, because an alias is what production generates with.
    """
    versions = tuple(versions)
    return tuple(_state(model.ref, alias, target, fingerprint, versions) for alias, target in model.aliases)


def resolve_version(ref: Ref, target: str, fingerprint: str, versions: Iterable[ModelMember]) -> AliasState:
    """The trained version that a person names as an alias would: by number, by fingerprint, or as `current`."""
    return _state(ref, target, target, fingerprint, tuple(versions))


def is_version(target: str) -> bool:
    """Is the target a version number of one account (`v2`), which a fingerprint says better?"""
    return target[:1] == "v" and target[1:].isdecimal()


def _state(ref: Ref, alias: str, target: str, fingerprint: str | None, versions: tuple[ModelMember, ...]) -> AliasState:
    found = _candidates(target, fingerprint, versions)
    completed = [member for member in found if member.model.status is ModelStatus.COMPLETED]
    prints = {member.name.fingerprint for member in completed}
    if len(prints) > 1:
        problem = f"{quoted(target)} fits {len(prints)} versions"
        return AliasState(ref=ref, alias=alias, target=target, problem=problem, is_live=True)
    best = newest_model(completed)
    if best is None:
        problem = _why(target, fingerprint, found)
        return AliasState(ref=ref, alias=alias, target=target, problem=problem, is_live=bool(found))
    return AliasState(
        ref=ref,
        alias=alias,
        target=target,
        id=best.model.id,
        version=best.name.version,
        fingerprint=best.name.fingerprint,
        is_live=True,
    )


def _candidates(target: str, fingerprint: str | None, versions: tuple[ModelMember, ...]) -> list[ModelMember]:
    alive = [member for member in versions if member.model.status in ALIVE]
    if target == CURRENT:
        return list(elect_model(alive, fingerprint)) if fingerprint else []
    if is_version(target):
        return [member for member in alive if member.name.version == int(target[1:])]
    return [member for member in alive if member.name.fingerprint.startswith(target)]


def _why(target: str, fingerprint: str | None, found: list[ModelMember]) -> str:
    if found:
        return f"v{found[0].name.version} is not trained yet"
    if target == CURRENT:
        return "what the manifest asks for is not trained yet" if fingerprint else "its dataset is not complete"
    return f"no trained version is {quoted(target)}"
