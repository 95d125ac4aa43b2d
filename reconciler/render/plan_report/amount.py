"""What a plan costs, in the figures that a person decides by, each beside its limits."""

from collections.abc import Iterator, Sequence

from reconciler.core.limit import Limits
from reconciler.core.loss import all_losses
from reconciler.core.plan import Plan
from reconciler.core.tier import CALLS_A_MINUTE, FREE_REQUESTS
from reconciler.core.value import dataclass
from reconciler.render.plan_report.changed import ChangedObject
from reconciler.render.plan_report.content import CaptionSums
from reconciler.render.plan_report.effect import Tone
from reconciler.render.tier import minimum_seconds, share
from reconciler.render.words import duration, megabytes

LONG = 1800
"""Seconds of writing captions that a cost line tells by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number, what it counts, what else there is to say of it, and the limit that it is held against."""

    number: int
    noun: str = ""
    more: tuple[str, ...] = ()
    limit: str = ""
    is_least: bool = False
    """Is it the least that the number can be? How many versions are live only an account knows."""
    tone: Tone = Tone.PLAIN

    @property
    def figure(self) -> str:
        """`1,500`, `at least 3`."""
        return f"at least {self.number:,}" if self.is_least else f"{self.number:,}"

    @property
    def words(self) -> str:
        """`2 images, 4.1 MB (limit 40)`."""
        return ", ".join([f"{self.figure} {self.noun}".rstrip(), *self.more]) + self.bracket

    @property
    def bracket(self) -> str:
        """` (limit 40)`; empty where nothing limits it."""
        return f" ({self.limit})" if self.limit else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One cost; without quantities where nothing of it is spent."""

    label: str
    quantities: tuple[Quantity, ...]

    @property
    def words(self) -> str:
        """`1 hand-written overwritten (limit 0), 3 from git`, `none`."""
        return ", ".join(one.words for one in self.quantities) or "none"

    @property
    def tone(self) -> Tone:
        """That of what is told first."""
        return self.quantities[0].tone if self.quantities else Tone.PLAIN


def amounts(plan: Plan, objects: Sequence[ChangedObject]) -> tuple[Amount, ...]:
    """The costs of a plan; none where it does nothing. Removals and deletions are told only where there are any."""
    if plan.is_empty:
        return ()
    usual = (
        Amount(label="trainings", quantities=(_trainings(plan),)),
        Amount(label="calls", quantities=(_calls(plan.cost.calls, plan.subject.tier),)),
        Amount(label="uploads", quantities=tuple(_uploads(plan))),
        Amount(label="captions", quantities=tuple(_captions(objects, plan))),
    )
    rare = (
        Amount(label="removals", quantities=tuple(_removals(objects, plan.limits))),
        Amount(label="deletions", quantities=tuple(_deletions(objects, plan))),
    )
    return (*usual, *(one for one in rare if one.quantities))


def _trainings(plan: Plan) -> Quantity:
    number = plan.cost.trainings
    return Quantity(number=number, limit=_limit(plan.limits.trainings), tone=Tone.COSTS if number else Tone.PLAIN)


def _calls(calls: int, tier: str) -> Quantity:
    more = []
    if tier in CALLS_A_MINUTE:
        seconds = minimum_seconds(calls, tier)
        more.append(f"at least {duration(seconds)}" if seconds else "within a minute")
    if tier == "free_trial":
        more.append(f"{share(calls)} of a free trial's {FREE_REQUESTS:,} requests")
    return Quantity(number=calls, more=tuple(more))


def _uploads(plan: Plan) -> Iterator[Quantity]:
    if number := plan.cost.uploads:
        yield Quantity(
            number=number,
            noun="image" if number == 1 else "images",
            more=(megabytes(plan.cost.bytes),),
            limit=_limit(plan.limits.uploads),
        )


def _captions(objects: Sequence[ChangedObject], plan: Plan) -> Iterator[Quantity]:
    sums = sum((one.content.counted for one in objects if one.content is not None), CaptionSums())
    if sums.overwritten:
        yield Quantity(
            number=sums.overwritten,
            noun="hand-written overwritten",
            limit=_limit(plan.limits.caption_rewrites),
            tone=Tone.DESTROYS,
        )
    time = minimum_seconds(sums.written, plan.subject.tier)
    # Each is a call of its own. A few take no time worth a word; those of an archive may take hours.
    more = {"from git": (f"at least {duration(time)}",)} if time >= LONG else {}
    words = (
        (sums.regenerated, "regenerated"),
        (sums.zipped, "from git in the archive"),
        (sums.written, "from git"),
        (sums.kept, "hand-written kept"),
    )
    yield from (Quantity(number=number, noun=noun, more=more.get(noun, ())) for number, noun in words if number)


def _removals(objects: Sequence[ChangedObject], limits: Limits) -> Iterator[Quantity]:
    """Images that go. Those that a completed version still holds are not lost for good."""
    lost = all_losses(one.losses for one in objects)
    if number := len(lost.images):
        yield Quantity(
            number=number,
            noun="image" if number == 1 else "images",
            limit=_limit(limits.image_removals, limits.image_removals_percent, "a dataset"),
            tone=Tone.DESTROYS if lost.destroyed_images else Tone.PLAIN,
        )


def _deletions(objects: Sequence[ChangedObject], plan: Plan) -> Iterator[Quantity]:
    """One limit counts both; a share is of the live versions alone."""
    checkpoints = sum(one.losses.checkpoint_count for one in objects)
    if number := plan.cost.deletions - checkpoints:
        yield Quantity(
            number=number,
            noun="live object" if number == 1 else "live objects",
            limit=_limit(plan.limits.deletions, plan.limits.deletions_percent, "the live versions"),
            is_least=bool(plan.subject.base),
            tone=Tone.DESTROYS,
        )
    if checkpoints:
        yield Quantity(
            number=checkpoints,
            noun="checkpoint" if checkpoints == 1 else "checkpoints",
            limit=_limit(None if number else plan.limits.deletions),
            tone=Tone.DESTROYS,
        )


def _limit(number: int | None, percent: int | None = None, of: str = "") -> str:
    """`limit 5, 30 % of a dataset`: what there is of both limits."""
    parts = [] if number is None else [f"{number:,}"]
    parts += [] if percent is None else [f"{percent} % of {of}"]
    return f"limit {', '.join(parts)}" if parts else ""
