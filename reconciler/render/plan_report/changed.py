"""One object that changes, with everything that a reviewer may read of it."""

from dataclasses import field
from enum import StrEnum

from reconciler.core.category import Category
from reconciler.core.change import Effect, FieldChange, RenamedObject
from reconciler.core.kind import Kind
from reconciler.core.loss import Losses, RemovedCheckpoints, RemovedObject, StoppedTraining
from reconciler.core.reason import Why
from reconciler.core.ref import Ref
from reconciler.core.text import in_words
from reconciler.core.value import dataclass
from reconciler.render.alias import AliasReport
from reconciler.render.plan_report.content import ContentReport, Entries
from reconciler.render.plan_report.effect import EffectFacts, EffectWords, Tone, effect_words
from reconciler.render.plan_report.training import TrainingReport
from reconciler.render.reason import reason_words

LOST = "what it has cost is lost"
"""What is said of a training that is stopped."""


class Layout(StrEnum):
    """What a section is built around."""

    REMOVAL = "removal"
    MODEL = "model"
    DATASET = "dataset"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A live object that is deleted, or of which something is, with what else there is to say of it."""

    kind: Kind
    id: int
    name: str
    words: str
    part: str = ""
    """What is deleted of it, where it stays itself: `checkpoints 500 and 750`."""
    stops: bool = False
    """Is its training stopped first?"""

    @property
    def beside_name(self) -> str:
        """What to say beside its name, where nothing but that stands before."""
        return f"without {self.part}; {self.words}" if self.part else self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedObject:
    """One object that changes. Parts that it does not have are empty or None, so that no printer asks for its kind."""

    ref: Ref
    kind: str
    """The kind of the change: that of the object, `removal`, `checkpoints` or `rename`."""
    anchor: str = ""
    """The name of its section; no word of it is foreign."""
    effect: Effect
    reason: str
    categories: tuple[Category, ...]
    losses: Losses
    """What is live and goes by it."""
    is_asked: bool
    """False where no account was asked: ids are made up, and which versions are live is unknown."""
    id: int | None = None
    """The live object, where one changes in place."""
    base_version: int | None = None
    """The completed version that is compared with; None where there is none."""
    version: int | None = None
    """The version that is made or changed; None where an object has none."""
    fingerprint: str = ""
    fields: tuple[FieldChange, ...] = ()
    content: ContentReport | None = None
    training: TrainingReport | None = None
    aliases: tuple[AliasReport, ...] = ()
    renamed: Entries[RenamedObject] = field(default_factory=Entries)

    @property
    def words(self) -> EffectWords:
        return effect_words(self.effect, self.ref.kind)

    @property
    def noun(self) -> str:
        """What the verdict counts: `model`, `open draft`."""
        return self._said(self.words.noun)

    @property
    def line(self) -> str:
        """What happens to it, after its name: `trained, 1 to 3 hours`."""
        return self._said(self.words.line) + self._end

    @property
    def heading(self) -> str:
        """What happens to it, over its section: `is trained`."""
        return self._said(self.words.heading) + self._end

    @property
    def pointer(self) -> str:
        """What happens to it, where a reviewer is told what to look at."""
        if self.words.pointer:
            return self._said(self.words.pointer)
        return ", ".join(self.content.sums if self.content else ()) or self.reason

    @property
    def gone(self) -> tuple[Gone, ...]:
        """Live objects that are deleted, or of which checkpoints are."""
        objects = (
            Gone(kind=one.kind, id=one.id, name=one.name, words=_why_gone(one), stops=one.stops) for one in self.removed
        )
        return (*objects, *map(_thinned, self.losses.checkpoints))

    @property
    def because(self) -> str:
        """The reason, and the categories of the change: they decide what it costs."""
        return f"{self.reason} ({', '.join(self.categories)})" if self.categories else self.reason

    @property
    def apply(self) -> str:
        """What the next apply does with it, and why."""
        return f"{self._said(self.words.apply)}because {self.reason}"

    @property
    def before(self) -> str:
        """The version before, in words; empty where there is none, or it is the same."""
        if self.base_version is None or self.base_version == self.version:
            return ""
        return f"v{self.base_version}" if self.is_asked else "the version before"

    @property
    def after(self) -> str:
        """The version that is made or changed, in words; empty where an object has none.

        Its number is known only where an account was asked.
        """
        if self.version is None:
            return ""
        if self.is_asked:
            return f"v{self.version}"
        if self.base_version is None:
            return "first version"
        return "next version" if self.before else "live version"

    def versions(self, arrow: str = "->") -> str:
        """`v2 -> v3`, or `v1` where there was none before; `next version` where no account was asked."""
        return f"{self.before} {arrow} {self.after}" if self.before and self.is_asked else self.after

    @property
    def number(self) -> int:
        """How many live objects, or checkpoints of them, the verdict counts."""
        return len(self.removed) or self.losses.checkpoint_count or len(self.renamed) or 1

    @property
    def removed(self) -> tuple[RemovedObject, ...]:
        """Live objects that are deleted."""
        return self.losses.objects

    @property
    def stops(self) -> tuple[StoppedTraining, ...]:
        """Running trainings of superseded versions that are stopped; those of deleted objects are told there."""
        return () if self.removed else self.losses.trainings

    @property
    def tone(self) -> Tone:
        return Tone.DESTROYS if self.losses.is_for_good else self.words.tone

    @property
    def place(self) -> int:
        """Where it stands: what costs, what destroys, what takes over, then the rest.

        A change that loses something for good stands with the deletions, and a draft of a first version with what is
        created.
        """
        if self.losses.is_for_good:
            return effect_words(Effect.DELETE, self.ref.kind).place
        if self.effect is Effect.FILL_DRAFT and not self.before:
            return effect_words(Effect.CREATE, self.ref.kind).place
        return self.words.place

    @property
    def is_weighty(self) -> bool:
        """Does it cost or destroy, or hold a row that is never folded? Then it is never folded away itself."""
        rows = self.content is not None and (self.content.images.loud or self.content.captions.loud)
        return self.tone is not Tone.PLAIN or bool(self.stops or rows)

    @property
    def layout(self) -> Layout:
        if self.removed or self.losses.checkpoints:
            return Layout.REMOVAL
        if self.training is not None:
            return Layout.MODEL
        return Layout.OTHER if self.content is None else Layout.DATASET

    def _said(self, words: str) -> str:
        if "{" not in words:
            return words
        fingerprint = f" ({self.fingerprint})" if self.fingerprint else ""
        facts = EffectFacts(
            kind=self.ref.kind,
            id=self.id,
            is_asked=self.is_asked,
            objects=self.number,
            stops=len(self.stops),
            version=f"{self.after}{fingerprint}",
            versions=self.versions("→"),
        )
        return facts.fill(words)

    @property
    def _end(self) -> str:
        return ", stays a draft" if self.content is not None and self.content.stays_draft else ""


def _why_gone(one: RemovedObject) -> str:
    if one.stops:
        return f"its training is stopped first, {LOST}"
    return "" if one.reason.why is Why.ABSENT else reason_words(one.reason)


def _thinned(one: RemovedCheckpoints) -> Gone:
    part = ("checkpoint " if len(one.steps) == 1 else "checkpoints ") + in_words(map(str, one.steps), "and")
    stays = in_words((f"{step} (active)" if step == one.active else str(step) for step in one.kept), "and")
    return Gone(kind=Kind.MODEL, id=one.id, name=one.name, part=part, words=f"it keeps {stays}")
