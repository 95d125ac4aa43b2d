"""What comparing desired with observed gives, before any order is made of it."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from reconciler.core.change import Change
from reconciler.core.desired import DesiredDataset
from reconciler.core.name import image_key
from reconciler.core.plan import Basis
from reconciler.core.reason import Reason
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.state import AliasState, State, Unchanged
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish, WishImage


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found about one object.

    `unread` holds ids of datasets whose images must be read before anything can be said, `unasked` those of drafts of
    which the API must tell what became of their archive; then all else is empty.
    """

    changes: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Note, ...] = ()
    unchanged: tuple[Unchanged, ...] = ()
    basis: tuple[Basis, ...] = ()
    wishes: tuple[DatasetWish, ...] = ()
    aliases: tuple[AliasState, ...] = ()
    unread: frozenset[int] = frozenset()
    unasked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """The dataset version that models are trained on: in force already, or made by this plan (id None).

    `named` is the fingerprint in its live name; `fingerprint` the one that models count with.
    """

    id: int | None
    version: int
    named: str
    fingerprint: str
    live_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(Verdict):
    """What was found about all objects together, in the order of the refs."""

    versions: int = 0
    """Live versions of all manifests, what a percentage of deletions is counted against."""
    project_ids: Mapping[Ref, int] = field(default_factory=dict)


def gather(verdicts: Iterable[Verdict], project_ids: Mapping[Ref, int], versions: int) -> Assessment:
    """One assessment out of many verdicts."""
    verdicts = tuple(verdicts)
    return Assessment(
        changes=tuple(item for verdict in verdicts for item in verdict.changes),
        refusals=tuple(item for verdict in verdicts for item in verdict.refusals),
        notes=tuple(item for verdict in verdicts for item in verdict.notes),
        unchanged=tuple(item for verdict in verdicts for item in verdict.unchanged),
        basis=_together(item for verdict in verdicts for item in verdict.basis),
        wishes=tuple(item for verdict in verdicts for item in verdict.wishes),
        aliases=tuple(item for verdict in verdicts for item in verdict.aliases),
        unread=frozenset().union(*(verdict.unread for verdict in verdicts)),
        unasked=frozenset().union(*(verdict.unasked for verdict in verdicts)),
        versions=versions,
        project_ids=project_ids,
    )


def _together(facts: Iterable[Basis]) -> tuple[Basis, ...]:
    """One basis for each ref, with the facts of all that was found about it."""
    found: dict[Ref, Basis] = {}
    for basis in facts:
        before = found.setdefault(basis.ref, basis)
        if before is not basis or len(basis.facts) > 1:  # most have one fact, and there are many
            rows = dict.fromkeys((*before.facts, *basis.facts))
            found[basis.ref] = Basis(ref=basis.ref, facts=tuple(rows))
    return tuple(found.values())


def held(ref: Ref, why: Reason) -> Verdict:
    """An object that waits for another one: no change, said aloud."""
    unchanged = Unchanged(ref=ref, id=None, version=None, fingerprint=None, state=State.HELD, reason=why)
    return Verdict(unchanged=(unchanged,))


def wish_for(dataset: DesiredDataset, fingerprint: str, version: int) -> DatasetWish:
    """What one version of a declared dataset must be."""
    images = (
        WishImage(
            key=image_key(image.digest),
            digest=image.digest,
            size=image.size,
            name=image.name,
            path=image.path,
            caption=image.caption,
        )
        for image in dataset.images
    )
    return DatasetWish(
        ref=dataset.ref,
        project=dataset.project,
        version=version,
        fingerprint=fingerprint,
        uploads=dataset.uploads,
        guide=dataset.guide,
        increase_resolution=dataset.increase_resolution,
        completed=dataset.completed,
        images=tuple(sorted(images, key=lambda image: image.key)),
    )
