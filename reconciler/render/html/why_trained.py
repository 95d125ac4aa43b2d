"""Why a model is trained, step by step: images, the dataset that they are in, the model, the aliases that follow."""

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.core.change import AliasState, DatasetChange, ImageEffect, ModelChange, Scalar
from reconciler.core.look.in_force import coming
from reconciler.core.plan import Plan
from reconciler.render.alias import short
from reconciler.render.cost import TRAINING_TIME
from reconciler.render.reason import reason_words
from reconciler.render.version import version_word, version_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One box of the drawing: what it is, its name, what happens, and the section that tells more."""

    kind: str
    name: str = ""
    lines: tuple[str, ...] = ()
    anchor: str = ""
    costs: bool = False
    stays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A row of a table: what it is called, before and after; `stays` where both are the same."""

    name: str
    before: str
    after: str
    stays: bool = False
    answers: bool = True
    """Does a version stand behind the alias now?"""


def steps(change: ModelChange, plan: Plan, behind: DatasetChange | None, anchor: str) -> tuple[Step, ...]:
    """The boxes of one model, from the cause to what programs notice."""
    dataset = str(change.dataset)
    found = []
    if behind is None:
        found.append(Step(kind="cause", name=reason_words(change.reason)))
        found.append(
            Step(
                kind="dataset",
                name=dataset,
                lines=(f"{version_word(plan, change.dataset_version)}, unchanged",),
                stays=True,
            )
        )
    else:
        found.append(Step(kind="images and captions", lines=tuple(sums(behind)), anchor=anchor))
        found.append(Step(kind="dataset", name=dataset, lines=(versions(plan, behind.base_version, behind.version),)))
    trained = (f"trained, {TRAINING_TIME}",) if change.starts else ("not trained",)
    lines = (versions(plan, change.base_version, change.version), *trained)
    found.append(Step(kind="model", name=str(change.ref), lines=lines, costs=change.starts))
    found.append(_aliases(plan, change))
    return tuple(found)


def _aliases(plan: Plan, change: ModelChange) -> Step:
    pairs = alias_pairs(plan, change)
    if not pairs:
        return Step(kind="aliases", lines=("none declared: no program is pointed at it",), stays=True)
    lines = tuple(map(_clause, pairs))
    return Step(kind="aliases", lines=lines, stays=all(one.stays for one in pairs))


def _clause(one: Pair) -> str:
    if not one.stays:
        return f"{one.name} → {one.after}"
    return f"{one.name} stays on {one.before}" if one.answers else f"{one.name}: {one.before}"


def alias_pairs(plan: Plan, change: ModelChange) -> tuple[Pair, ...]:
    """What each alias of the model names now, and what it will name."""
    return tuple(_alias(plan, state) for state in plan.aliases_of(change.ref))


def _alias(plan: Plan, state: AliasState) -> Pair:
    before = _answer(plan, state)
    following = coming(plan, state)
    if following is None or following.fingerprint == state.fingerprint:
        return Pair(name=state.alias, before=before, after=before, stays=True, answers=state.version is not None)
    version = "the next version" if following.version is None else version_word(plan, following.version)
    after = f"{version} ({short(following.fingerprint)}), once it is trained"
    return Pair(name=state.alias, before=before, after=after)


def _answer(plan: Plan, state: AliasState) -> str:
    """The version that answers to an alias now."""
    if state.version is None:
        return state.problem if plan.subject.base and state.problem else "nothing answers"
    return f"{version_word(plan, state.version)} ({short(state.fingerprint or '')})"


def parameter_pairs(change: ModelChange) -> tuple[Pair, ...]:
    """What changes of the model, then all else that defines its training; of a first version there is no before."""
    changed = {field.path.removeprefix("training.") for field in change.fields}
    found = [Pair(name=field.path, before=scalar(field.before), after=scalar(field.after)) for field in change.fields]
    found.sort(key=lambda pair: pair.name)
    if not change.creates and not change.starts:
        return tuple(found)
    definition = (
        ("training_mode", change.training_mode),
        ("training_version", change.training_version),
        *change.parameters,
    )
    is_first = change.base_version is None
    found += [
        Pair(name=name, before="" if is_first else scalar(value), after=scalar(value), stays=not is_first)
        for name, value in definition
        if name not in changed
    ]
    return tuple(found)


def scalar(value: Scalar) -> str:
    """A value of a manifest as its text."""
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)


def versions(plan: Plan, base: int | None, version: int) -> str:
    """`v2 → v3`, `v1` where there was none, `v? → v?` where no account was asked."""
    return version_words(plan, base, version).replace("->", "→")


def sums(change: DatasetChange) -> Iterator[str]:
    """What happens to a dataset's content, a clause each, what goes first."""
    replaced = sum(image.effect is ImageEffect.REPLACED for image in change.coming)
    images = (
        (len(change.going), "removed"),
        (replaced, "replaced"),
        (len(change.coming) - replaced, "added"),
    )
    if told := [f"{number:,} {word}" for number, word in images if number]:
        yield f"images: {', '.join(told)}"
    if change.guide is not None and change.guide.before is not None:
        yield f"{change.guide.path} changes"
    lost = len(change.losses.captions)
    words = (
        (lost, "hand-written overwritten"),
        (sum(not caption.rewrites for caption in change.captions), "changed in git"),
        (change.regenerated, "regenerated"),
        (len(change.kept), "hand-written kept (not in git)"),
    )
    if told := [f"{number:,} {word}" for number, word in words if number]:
        yield f"captions: {', '.join(told)}"
