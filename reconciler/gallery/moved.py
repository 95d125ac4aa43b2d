"""Galleries of a model whose alias moves: what the version before and the one after drew, side by side."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.core.consequence import AliasMove, Consequence, Named
from reconciler.core.gallery import DesiredGallery
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.gallery.comparison import ComparedColumn, Comparison
from reconciler.gallery.version import KnownVersions, columns_of

BEFORE, AFTER = "before", "after"
"""What the two columns are called; an alias that is new has only the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasStep:
    """Aliases of one model that move from one version to another; `before` is None for new ones."""

    ref: Ref
    aliases: tuple[str, ...]
    before: Named | None
    after: Named
    galleries: tuple[DesiredGallery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedGallery:
    """One gallery of a model of which aliases move, with the versions that they name before and after."""

    ref: Ref
    aliases: tuple[str, ...]
    comparison: Comparison


def alias_steps(found: Iterable[Consequence], galleries: Mapping[str, DesiredGallery]) -> tuple[AliasStep, ...]:
    """The moves that a gallery can show, those from one version to another together, in their order."""
    groups: dict[tuple[Ref, Named | None, Named], list[str]] = {}
    for one in found:
        if isinstance(one, AliasMove) and one.moves and one.after is not None:
            groups.setdefault((one.ref, one.before, one.after), []).append(one.alias)
    steps = (
        AliasStep(
            ref=ref,
            aliases=tuple(aliases),
            before=before,
            after=after,
            galleries=tuple(gallery for gallery in galleries.values() if gallery.model == ref),
        )
        for (ref, before, after), aliases in groups.items()
    )
    return tuple(step for step in steps if step.galleries)


def columns_before_and_after(
    step: AliasStep, gallery: DesiredGallery, known: KnownVersions
) -> tuple[ComparedColumn, ...]:
    """The columns of a gallery for a move. A version of which no fingerprint is known has none."""
    sides = ((BEFORE, step.before), (AFTER, step.after))
    return tuple(one for word, named in sides if named is not None for one in _side(word, named, gallery, known))


def _side(word: str, named: Named, gallery: DesiredGallery, known: KnownVersions) -> Iterator[ComparedColumn]:
    fingerprint = known.found(named.fingerprint or named.target)
    if fingerprint is None:
        return
    for one in columns_of(gallery, known, [fingerprint]):
        number = one.number if named.version is None else named.version
        yield ComparedColumn(column=one.column, names=(word,), number=number)
