"""What is said of each effect of a change, and where an object with it stands: a new effect is a new row here."""

from dataclasses import replace
from enum import StrEnum

from reconciler.core.change import Effect
from reconciler.core.kind import Kind
from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.render.tier import TRAINING_TIME


class Tone(StrEnum):
    """What something is about. Printers mark what costs and what is lost."""

    PLAIN = "plain"
    COSTS = "costs"
    DESTROYS = "destroys"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectWords:
    """All that is said of one effect. What only the change knows stands in braces, and `EffectFacts` fills it in.

    `noun`, `one` and `many` count it: `1 model is trained`, `2 models are trained`. `line` follows the name of an object,
    `heading` follows it over a section, `pointer` where a reviewer is told what to look at; an empty pointer means that the
    content of the object says more. `apply` is what the next apply does, where that says more than the reason.
    """

    place: int
    """The order of a plan's objects: what costs, what destroys, what takes over, then the rest."""
    tone: Tone = Tone.PLAIN
    noun: str = "{kind}"
    one: str
    many: str
    is_least: bool = False
    """Where no account was asked: can there be more than are counted?"""
    line: str
    heading: str
    pointer: str = ""
    apply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectFacts:
    """What only the change knows of its effect: numbers, and words of ours."""

    kind: Kind
    id: int | None = None
    """The live object."""
    is_asked: bool = True
    """False where no account was asked: ids are made up, and nobody knows how many versions are live."""
    objects: int = 1
    """Live objects that are deleted or renamed, or checkpoints that are deleted."""
    stops: int = 0
    """Running trainings that are stopped."""
    version: str = ""
    versions: str = ""

    def fill(self, words: str) -> str:
        """The words with what stands in braces."""
        objects, every = count(self.objects, "live object"), "every live version"
        return words.format(
            kind=self.kind.value,
            id=f" (id {self.id})" if self.is_asked and self.id is not None else "",
            number=self.id,
            objects=objects,
            gone=objects if self.is_asked else every,
            gone_versions=count(self.objects, "version") if self.is_asked else every,
            checkpoints=count(self.objects, "checkpoint"),
            stops=f", {count(self.stops, 'running training')} stopped" if self.stops else "",
            version=self.version,
            versions=self.versions,
        )


def effect_words(effect: Effect, kind: Kind) -> EffectWords:
    """The row of an effect; some kinds have one of their own."""
    if effect is Effect.DELETE and not kind.has_versions:
        return _DELETED_AT_ONCE
    return _OF_KIND.get((effect, kind)) or _OF_ANY[effect]


_FILLED = "the open draft{id} is filled"
_CLONED = "cloned, changed as a draft, completed anew"
_FRESH = "made anew, everything is uploaded"
_TAKEN = "takes over the live project {number}"
_RENAMED = "renamed in place, costs no upload and no training"
_POINTER_TRAINED = f"{{versions}} is trained, {TRAINING_TIME}{{stops}}"
_MAKES = "apply makes {version}, "
_TRAINS = "apply trains {version}, "

_CREATED = EffectWords(
    place=4,
    one="is created",
    many="are created",
    line="created",
    heading="created",
    apply=_MAKES,
)
_CHANGED = EffectWords(
    place=5,
    one="changes",
    many="change",
    line="changed in place, costs nothing{id}",
    heading="changed in place{id}, costs nothing",
    pointer="changed in place",
)
_NEW_VERSION = EffectWords(
    place=3,
    one="gets a new version",
    many="get a new version",
    line=_CLONED,
    heading=_CLONED,
    apply=_MAKES,
)
_TRAINED = EffectWords(
    place=0,
    tone=Tone.COSTS,
    one="is trained",
    many="are trained",
    line=f"trained, {TRAINING_TIME}",
    heading="is trained",
    pointer=_POINTER_TRAINED,
    apply=_TRAINS,
)
_DELETED = EffectWords(
    place=1,
    tone=Tone.DESTROYS,
    noun="version",
    one="is deleted",
    many="are deleted",
    is_least=True,
    line="{gone_versions} deleted",
    heading="deleted for good",
    pointer="{gone} deleted for good",
    apply="apply deletes {objects}, ",
)
_DELETED_AT_ONCE = replace(
    _DELETED, noun="{kind}", is_least=False, line="deleted", pointer="{objects} deleted for good"
)
_OF_ANY = {
    Effect.CREATE: _CREATED,
    Effect.TAKE_OVER: EffectWords(
        place=2,
        tone=Tone.COSTS,
        one="is taken over",
        many="are taken over",
        line=_TAKEN,
        heading=_TAKEN,
        pointer="taken over",
    ),
    Effect.UPDATE: _CHANGED,
    Effect.NEXT_VERSION: _NEW_VERSION,
    Effect.FRESH_VERSION: replace(_NEW_VERSION, line=_FRESH, heading=_FRESH),
    Effect.FILL_DRAFT: replace(
        _NEW_VERSION, noun="open draft", one="is filled", many="are filled", line=_FILLED, heading=_FILLED
    ),
    Effect.TRAIN: _TRAINED,
    Effect.START: replace(_TRAINED, line=f"training starts, {TRAINING_TIME}", heading="its training starts"),
    Effect.DELETE: _DELETED,
    Effect.DELETE_CHECKPOINTS: replace(
        _DELETED,
        noun="checkpoint",
        is_least=False,
        line="{checkpoints} deleted, the versions stay",
        heading="{checkpoints} deleted for good, the versions stay",
        pointer="{checkpoints} deleted for good",
        apply="apply --prune deletes {checkpoints}, ",
    ),
    Effect.RENAME: EffectWords(
        place=7,
        noun="live object",
        one="is renamed",
        many="are renamed",
        line=_RENAMED,
        heading=_RENAMED,
        pointer="{objects} renamed in place",
        apply="apply renames {objects}, ",
    ),
}
_OF_KIND = {
    (Effect.CREATE, Kind.PROJECT): replace(_CREATED, place=5, pointer="created", apply=""),
    (Effect.CREATE, Kind.MODEL): replace(
        _CREATED,
        place=6,
        line="created, not trained (training.start is false)",
        heading="is created, not trained",
        pointer="created, not trained",
    ),
    (Effect.UPDATE, Kind.MODEL): replace(
        _CHANGED,
        place=6,
        one="gets another description",
        many="get another description",
        line="changed in place, costs nothing",
        heading="changes in place, costs nothing",
        apply="apply describes {version}, ",
    ),
}
