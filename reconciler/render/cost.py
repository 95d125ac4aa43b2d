"""What a plan costs, in the figures that a person decides by: trainings, calls and minutes, bytes, captions."""

from dataclasses import dataclass

from reconciler.core.change import DatasetChange
from reconciler.core.cost import Cost
from reconciler.core.limit import Limits
from reconciler.core.plan import Plan
from reconciler.core.text import count
from reconciler.render.view import Figure, Figures, Role, Text, joined, say
from reconciler.render.words import duration, megabytes

CALLS_A_MINUTE = {"free_trial": 10, "starter": 60, "pro": 1000, "enterprise": 1000}
"""Calls a minute that each tier allows; an unlisted tier (the embedded simulator) has no limit."""

FREE_REQUESTS = 1000
"""Requests that a free trial holds, all in all."""

TRAINING_TIME = "1 to 3 hours"
"""How long a training takes, by the API's documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionSums:
    """What happens to captions over all datasets of a plan."""

    regenerated: int
    written: int
    kept: int
    rewritten: int


def minimum_seconds(calls: int, tier: str) -> int:
    """The shortest time in which a tier lets so many calls pass, in seconds."""
    rate = CALLS_A_MINUTE.get(tier)
    return 0 if rate is None else max(-(-calls // rate) - 1, 0) * 60


def tier_words(tier: str) -> str:
    """`starter (60 calls a minute)`; empty where nothing limits."""
    rate = CALLS_A_MINUTE.get(tier)
    return "" if rate is None else f"{tier} ({rate:,} calls a minute)"


def caption_sums(plan: Plan) -> CaptionSums:
    """Sums over the changed datasets."""
    datasets = [change for change in plan.changes if isinstance(change, DatasetChange)]
    return CaptionSums(
        regenerated=sum(change.regenerated for change in datasets),
        written=sum(_written(change) for change in datasets),
        kept=sum(len(change.kept) for change in datasets),
        rewritten=sum(len(change.losses.captions) for change in datasets),
    )


def _written(change: DatasetChange) -> int:
    """Declared captions that are sent: all of them after a regeneration, else those that differ or come with images."""
    if change.stale:
        return change.declared
    keys = {caption.key for caption in change.captions}
    keys |= {image.key for image in change.coming if image.caption is not None}
    return len(keys - {caption.key for caption in change.losses.captions})


def figures(plan: Plan) -> Figures:
    """The costs of a plan that has any action."""
    cost = plan.cost
    found = [
        Figure(label="trainings", text=_trainings(cost, plan.limits)),
        Figure(label="calls", text=_calls(cost.calls, plan.subject.tier)),
        Figure(label="uploads", text=_uploads(cost, plan.limits)),
        Figure(label="captions", text=_captions(caption_sums(plan), plan.limits)),
    ]
    rare = (("removals", _removals(plan)), ("deletions", _deletions(plan)))
    found.extend(Figure(label=label, text=text) for label, text in rare if text)
    return Figures(figures=tuple(found))


def _trainings(cost: Cost, limits: Limits) -> Text:
    role = Role.COST if cost.trainings else Role.PLAIN
    return say(f"{cost.trainings} (limit {limits.trainings})", role)


def _calls(calls: int, tier: str) -> Text:
    text = f"{calls:,}"
    rate = CALLS_A_MINUTE.get(tier)
    if rate is not None:
        seconds = minimum_seconds(calls, tier)
        text += f", at least {duration(seconds)}" if seconds else ", within a minute"
    if tier == "free_trial":
        text += f", {share(calls)} of a free trial's {FREE_REQUESTS:,} requests"
    return say(text)


def share(calls: int) -> str:
    """The part of a free trial's requests that so many calls are: `4 %`."""
    percent = calls * 100 / FREE_REQUESTS
    return f"{percent:.1f} %" if 0 < percent < 1 else f"{percent:.0f} %"


def _uploads(cost: Cost, limits: Limits) -> Text:
    if not cost.uploads:
        return say("none")
    return say(f"{count(cost.uploads, 'image')}, {megabytes(cost.bytes)}{_limit(limits.uploads)}")


def _limit(number: int | None, percent: int | None = None, of: str = "") -> str:
    """` (limit 5, 30 % of a dataset)`: what there is of both limits."""
    parts = [] if number is None else [f"{number:,}"]
    parts += [] if percent is None else [f"{percent} % of {of}"]
    return f" (limit {', '.join(parts)})" if parts else ""


def _captions(sums: CaptionSums, limits: Limits) -> Text:
    parts = []
    if sums.rewritten:
        parts.append(say(f"{sums.rewritten} hand-written overwritten (limit {limits.caption_rewrites})", Role.COST))
    if sums.regenerated:
        parts.append(say(f"{sums.regenerated:,} regenerated"))
    if sums.written:
        parts.append(say(f"{sums.written:,} from git"))
    if sums.kept:
        parts.append(say(f"{sums.kept:,} hand-written kept"))
    return joined(parts) if parts else say("none")


def _removals(plan: Plan) -> Text:
    gone = sum(len(change.losses.images) for change in plan.changes)
    if not gone:
        return ()
    limit = _limit(plan.limits.image_removals, plan.limits.image_removals_percent, "a dataset")
    return say(f"{count(gone, 'image')}{limit}", Role.COST)


def _deletions(plan: Plan) -> Text:
    if not plan.cost.deletions:
        return ()
    limit = _limit(plan.limits.deletions, plan.limits.deletions_percent, "the live versions")
    least = "at least " if plan.subject.base else ""  # which versions are live was not asked
    return say(f"{least}{count(plan.cost.deletions, 'live object')}{limit}", Role.COST)
