"""The limits of one apply, judged on the plan before anything is sent."""

from collections.abc import Iterable, Mapping

from reconciler.core.action import Cost
from reconciler.core.change import Change, DatasetChange, ImageChange, ImageEffect, Refusal
from reconciler.core.limit import Limits
from reconciler.core.text import count

COUNTED_FROM = 10
"""Live images from which on the share of removals is limited."""


def check(changes: Iterable[Change], cost: Cost, limits: Limits, *, versions: int = 0) -> tuple[Refusal, ...]:
    """What goes over a limit, and how it is allowed once. `versions` are the live ones of all manifests."""
    changes = tuple(changes)
    refusals = [refusal for row in _numbers(changes, cost, limits, versions) if (refusal := _above(*row))]
    if cost.trainings > limits.trainings:
        summary = f"{count(cost.trainings, 'model')} would be trained; the limit is {limits.trainings}"
        refusals.append(_over("trainings", cost.trainings, summary))
    if cost.rewrites > limits.caption_rewrites:
        summary = (
            f"{count(cost.rewrites, 'caption')} that people wrote on the live side would be replaced by git's; "
            f"the limit is {limits.caption_rewrites}"
        )
        refusals.append(_over("caption_rewrites", cost.rewrites, summary))
    refusals += [refusal for change in changes if (refusal := _removals(change, limits))]
    return tuple(refusals)


def expected(cost: Cost, expect: Mapping[str, int]) -> tuple[Refusal, ...]:
    """Where the tree says what it costs (`expect: {trainings: 0}`) and the plan says otherwise: no flag lifts it."""
    found = {"trainings": cost.trainings, "uploads": cost.uploads, "deletions": cost.deletions}
    return tuple(
        Refusal(
            rule=f"expect-{name}",
            ref=None,
            summary=f"the tree expects {count(number, name[:-1])}, and this plan has {found[name]}",
            remedies=(f"Find out what changes, or correct `expect.{name}` in reconciler.yaml.",),
        )
        for name, number in sorted(expect.items())
        if found[name] != number
    )


_Row = tuple[str, int, int | None, str]
"""A limit's name, the plan's number, the limit, and what would be done."""


def _numbers(changes: tuple[Change, ...], cost: Cost, limits: Limits, versions: int) -> Iterable[_Row]:
    gone = sum(image.effect is ImageEffect.REMOVED for change in changes for image in _images(change))
    yield "uploads", cost.uploads, limits.uploads, f"{count(cost.uploads, 'image')} would be uploaded"
    yield "image_removals", gone, limits.image_removals, f"{count(gone, 'image')} would be removed"
    yield "deletions", cost.deletions, limits.deletions, f"{count(cost.deletions, 'live object')} would be deleted"
    if versions >= COUNTED_FROM:
        percent = -(-100 * cost.deletions // versions)
        what = f"{cost.deletions} of {versions} live versions ({percent} %) would be deleted"
        yield "deletions_percent", percent, limits.deletions_percent, what


def _above(limit: str, number: int, most: int | None, what: str) -> Refusal | None:
    if most is None or number <= most:
        return None
    unit = " %" if limit.endswith("_percent") else ""
    return _over(limit, number, f"{what}; the limit is {most}{unit}")


def _images(change: Change) -> tuple[ImageChange, ...]:
    return change.images if isinstance(change, DatasetChange) else ()


def _removals(change: Change, limits: Limits) -> Refusal | None:
    if not isinstance(change, DatasetChange) or change.live_images < COUNTED_FROM:
        return None
    gone = sum(image.effect is ImageEffect.REMOVED for image in change.images)
    percent = -(-100 * gone // change.live_images)
    if percent <= limits.image_removals_percent:
        return None
    summary = (
        f"{change.ref} would lose {gone} of {count(change.live_images, 'image')} ({percent} %); "
        f"the limit is {limits.image_removals_percent} %"
    )
    return _over("image_removals_percent", percent, summary)


def _over(limit: str, number: int, summary: str) -> Refusal:
    """A limit's refusal names its object in the summary alone.

    One that has a `ref` stays in force when a saved plan is applied; a limit is judged anew.
    """
    return Refusal(
        rule=f"limit-{limit.replace('_', '-')}",
        ref=None,
        summary=summary,
        remedies=(f"Allow it once with `--allow {limit}={number}`, or raise `limits.{limit}` in reconciler.yaml.",),
    )
