"""The limits of one apply, judged on the plan before anything is sent."""

from collections.abc import Iterable, Mapping

from reconciler.core.change import Change, DatasetChange
from reconciler.core.cost import Cost
from reconciler.core.limit import DELETIONS_FROM, SHARES, Limits
from reconciler.core.loss import Losses, all_losses
from reconciler.core.refusal import Refusal
from reconciler.core.text import count


def check(changes: Iterable[Change], cost: Cost, limits: Limits, *, versions: int = 0) -> tuple[Refusal, ...]:
    """What goes over a limit, and how it is allowed once. `versions` are the live ones of all manifests."""
    changes = tuple(changes)
    lost = all_losses(change.losses for change in changes)
    refusals = [refusal for row in _numbers(lost, cost, limits, versions) if (refusal := _above(*row))]
    if cost.trainings > limits.trainings:
        summary = f"{count(cost.trainings, 'model')} would be trained; the limit is {limits.trainings}"
        refusals.append(_over("trainings", cost.trainings, summary))
    if (rewrites := len(lost.captions)) > limits.caption_rewrites:
        summary = (
            f"{count(rewrites, 'caption')} that people wrote on the live side would be replaced by git's; "
            f"the limit is {limits.caption_rewrites}"
        )
        refusals.append(_over("caption_rewrites", rewrites, summary, _pulling(changes)))
    refusals += [refusal for change in changes if (refusal := _removals(change, limits))]
    return tuple(refusals)


def check_generations(number: int, limits: Limits) -> Refusal | None:
    """Would a run of a gallery send more requests that draw than the limit allows?"""
    what = f"{count(number, 'case')} would be drawn and paid for"
    return _above("generations", number, limits.generations, what)


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


def _numbers(lost: Losses, cost: Cost, limits: Limits, versions: int) -> Iterable[_Row]:
    images, objects, checkpoints = len(lost.images), len(lost.objects), lost.checkpoint_count
    yield "uploads", cost.uploads, limits.uploads, f"{count(cost.uploads, 'image')} would be uploaded"
    yield "image_removals", images, limits.image_removals, f"{count(images, 'image')} would be removed"
    yield "deletions", objects + checkpoints, limits.deletions, f"{_deleted(objects, checkpoints)} would be deleted"
    if versions >= DELETIONS_FROM:
        percent = _percent(objects, versions)
        what = f"{objects} of {versions} live versions ({percent} %) would be deleted"
        yield "deletions_percent", percent, limits.deletions_percent, what


def _deleted(objects: int, checkpoints: int) -> str:
    """A limit counts both; a share is of versions, so of the objects alone."""
    told = ((objects, "live object"), (checkpoints, "checkpoint"))
    return " and ".join(count(number, noun) for number, noun in told if number)


def _percent(part: int, whole: int) -> int:
    """Rounded up, so that no part of a percent passes under a limit."""
    return -(-100 * part // whole)


def _above(limit: str, number: int, most: int | None, what: str) -> Refusal | None:
    if most is None or number <= most:
        return None
    unit = " %" if limit in SHARES else ""
    return _over(limit, number, f"{what}; the limit is {most}{unit}")


def _removals(change: Change, limits: Limits) -> Refusal | None:
    """The share of a dataset's images that goes: of the base alone, and of base and open draft together.

    Both are judged, so that images uploaded to a draft before do not make the share of the base look small.
    """
    if not isinstance(change, DatasetChange):
        return None
    lost = change.losses.images
    of_base = sum(image.kept_in is not None for image in lost)
    over = []
    for gone, live in ((len(lost), change.live_images), (of_base, change.base_images)):
        most = limits.most_percent_of(live)
        if gone and (percent := _percent(gone, live)) > most:
            over.append((percent, gone, live, most))
    if not over:
        return None
    percent, gone, live, most = max(over)
    summary = f"{change.ref} would lose {gone} of {count(live, 'image')} ({percent} %); the limit is {most} %"
    return _over("image_removals_percent", percent, summary)


def _pulling(changes: Iterable[Change]) -> str:
    """The way on that loses nothing."""
    names = [change.ref.name for change in changes if change.losses.captions]
    more = f", and so on for {len(names)} datasets" if len(names) > 1 else ""
    return f"Merge what people wrote into git: `reconciler captions pull {names[0]}`{more}."


def _over(limit: str, number: int, summary: str, *ways: str) -> Refusal:
    """A limit's refusal names its object in the summary alone.

    One that has a `ref` stays in force when a saved plan is applied; a limit is judged anew. `ways` are better than lifting it.
    """
    return Refusal(
        rule=f"limit-{limit.replace('_', '-')}",
        ref=None,
        summary=summary,
        remedies=(
            *ways,
            f"Allow it once with `--allow {limit}={number}`, or raise `limits.{limit}` in reconciler.yaml.",
        ),
    )
