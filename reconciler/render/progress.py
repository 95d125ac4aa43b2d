"""An apply while it runs: plain lines for what matters, and a board of the objects at work.

A training that is waited for is told of when it begins, when it ends, and every quarter of an hour.
"""

from dataclasses import field
from typing import assert_never

from reconciler.core.action import Action, Verb
from reconciler.core.event import EndReason, Event, Finished, InTraining, Outcome, Progressed, Started, Throttled
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.render.training_time import TimeOfDay, end_words, since_words
from reconciler.render.view import Line, Role, Span, Text
from reconciler.render.words import SIMULATED, duration

QUIET_SECONDS = 30
"""A long wait says a line this often at first; a very long one every tenth of what it has lasted."""

REMINDER_SECONDS = 900
"""A wait for trainings says a line this often."""

_COUNTED = {Verb.REMOVE: "removed", Verb.UPLOAD: "uploaded"}
"""Verbs of which a dataset has many: said once, in numbers, when the dataset is complete or the apply ends."""

_GATHERED = (*_COUNTED, Verb.GUIDE, Verb.REGENERATE, Verb.CAPTION)
"""Verbs that are said on one line, those that are not counted in the words in which they ended."""

_BEGINNING = (Verb.CREATE, Verb.CLONE)
"""Verbs that are over only once it is known whether what they made counts; the object is filled meanwhile."""

_DOING = {
    Verb.CREATE: "creating",
    Verb.UPDATE: "changing",
    Verb.CLONE: "cloning",
    Verb.CLAIM: "claiming the draft",
    Verb.SET_ASIDE: "setting aside",
    Verb.CHECK: "checking the clone",
    Verb.REMOVE: "removing",
    Verb.GUIDE: "setting",
    Verb.REGENERATE: "regenerating captions",
    Verb.UPLOAD: "uploading",
    Verb.ARCHIVE: "sending the archive of",
    Verb.CAPTION: "writing",
    Verb.COMPLETE: "verifying",
    Verb.TRAIN: "starting the training",
    Verb.RENAME: "renaming to",
    Verb.STOP: "stopping the training of",
    Verb.DELETE: "deleting",
}


@dataclass(slots=True, kw_only=True)
class ObjectAtWork:
    """One object at work, as a person watches it."""

    ref: Ref
    version: int | None
    total: int
    began: float
    since: float
    done: int = 0
    doing: str = ""
    running: set[str] = field(default_factory=set)
    counted: dict[Verb, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    held: tuple[Line, ...] = ()
    """Lines of steps that were over before the one that begins the object: they come after its own."""

    def left(self, now: float) -> float | None:
        """Seconds that the rest will take at this pace; None if no step was done yet."""
        return (now - self.began) / self.done * (self.total - self.done) if self.done else None


class Board:
    """Folds events into lines as they come, and into the state of each object at work."""

    def __init__(self, plan: Plan, time_of_day: TimeOfDay | None = None, *, is_simulated: bool = False) -> None:
        """`time_of_day` is None where the time of the apply is simulated."""
        self.time_of_day = time_of_day
        self._trainings: dict[str, InTraining] = {}
        self._reminded = 0.0
        self._actions = {action.id: action for action in plan.actions}
        self._totals: dict[Ref, int] = {}
        for action in plan.actions:
            self._totals[action.ref] = self._totals.get(action.ref, 0) + 1
        self.mark = SIMULATED if is_simulated else ""
        self._width = max((len(_name(action.ref, action.version)) for action in plan.actions), default=0)
        self._works: dict[Ref, ObjectAtWork] = {}
        self._said = 0.0
        self._news = 0.0
        self.now = 0.0
        self.waits = ""

    @property
    def works(self) -> tuple[ObjectAtWork, ...]:
        """Objects that have a step running, in the order in which they began.

        A terminal is redrawn in a thread of its own, while events come: so what is walked here is a copy.
        """
        return tuple(work for work in tuple(self._works.values()) if work.running)

    def feed(self, event: Event) -> tuple[Line, ...]:
        """Take in one event, and return the lines to print for it."""
        self.now = max(self.now, event.at)
        lines = self._take(event)
        if lines:
            self._said = self._news = self.now
        elif not isinstance(event, InTraining) and self.now - self._said >= max(
            QUIET_SECONDS, (self.now - self._news) / 10
        ):
            lines = self._still(event)
            self._said = self.now
        return lines

    def close(self) -> tuple[Line, ...]:
        """The lines of what was gathered and not said yet."""
        return tuple(line for work in self._works.values() for line in (*work.held, *self._gathered(work)))

    def training_of(self, work: ObjectAtWork) -> InTraining | None:
        """The training for which an object waits."""
        return next((one for id_, one in tuple(self._trainings.items()) if id_ in work.running), None)

    def _train(self, event: InTraining) -> tuple[Line, ...]:
        """The line for a training that is waited for from now on, or for all of them once in a while."""
        is_new = event.action not in self._trainings
        self._trainings[event.action] = event
        self.waits = ""
        if is_new:
            self._reminded = self.now
            end = end_words(event.began, self.now, self.time_of_day)
            return (self._line(self._work(self._actions[event.action]), (Span(f"{event.text}; {end}"),)),)
        if self.now - self._reminded < REMINDER_SECONDS:
            return ()
        self._reminded = self.now
        if len(self._trainings) == 1:
            return (self._line(self._work(self._actions[event.action]), (Span(training_words(event, self)),)),)
        return (self._named(count(len(self._trainings), "training"), (Span(self._all_trainings()),)),)

    def _all_trainings(self) -> str:
        """Since when the first of several goes on, and when the last one is expected to end."""
        began = sorted((one.began for one in self._trainings.values()), key=lambda one: -1.0 if one is None else one)
        since = since_words(began[0], self.now, self.time_of_day)
        return f"the first {since}; {end_words(began[-1], self.now, self.time_of_day, of_all=True)}"

    def _take(self, event: Event) -> tuple[Line, ...]:
        match event:
            case Started():
                self.waits = ""
                self._begin(self._actions[event.action])
            case Progressed():
                self.waits = ""
                how_far = f" {event.done:,} of {event.total:,}" if event.total else ""
                self._work(self._actions[event.action]).doing = f"{event.text}{how_far}"
            case Throttled():
                self.waits = f"waiting {duration(event.seconds)}{self.mark}: {event.reason}"
            case Finished():
                self._trainings.pop(event.action, None)
                return self._finish(event)
            case InTraining():
                return self._train(event)
            case other:
                assert_never(other)
        return ()

    def _work(self, action: Action) -> ObjectAtWork:
        if action.ref not in self._works:
            self._works[action.ref] = ObjectAtWork(
                ref=action.ref, version=action.version, total=self._totals[action.ref], began=self.now, since=self.now
            )
        return self._works[action.ref]

    def _begin(self, action: Action) -> None:
        work = self._work(action)
        work.running.add(action.id)
        work.since = self.now
        # A caption step without a label writes none: it sees that Bria's own are there.
        is_waiting = action.verb is Verb.CAPTION and not action.label
        work.doing = "waiting for captions" if is_waiting else f"{_DOING[action.verb]} {action.label}".strip()

    def _finish(self, event: Finished) -> tuple[Line, ...]:
        action = self._actions[event.action]
        work = self._work(action)
        work.running.discard(event.action)
        lines = self._told(work, action, event)
        if any(self._actions[id_].verb in _BEGINNING for id_ in work.running):
            work.held += lines
            return ()
        held, work.held = work.held, ()
        return (*lines, *held)

    def _told(self, work: ObjectAtWork, action: Action, event: Finished) -> tuple[Line, ...]:
        """The lines for an action that is over."""
        if event.outcome is Outcome.SKIPPED:
            return ()
        if event.outcome is not Outcome.SUCCEEDED:
            role = Role.PROBLEM if event.outcome is Outcome.FAILED else Role.WARNING
            what = f"{_DOING[action.verb]} {action.label}".strip()
            why = f": {event.detail}" if event.detail else ""
            word = "failed" if event.outcome is Outcome.FAILED else "ended, nobody knows how"
            return (self._line(work, (Span(f"{what} "), Span(word, role), Span(why))),)
        work.done += 1
        if action.verb in _GATHERED:
            _gather(work, action.verb, event)
            return ()
        gathered = () if action.verb in _BEGINNING else self._gathered(work)
        return (*gathered, self._line(work, (Span(event.detail or _done(action)),)))

    def _gathered(self, work: ObjectAtWork) -> tuple[Line, ...]:
        """One line that sums up the many small steps of a dataset."""
        numbers = [f"{work.counted[verb]:,} {word}" for verb, word in _COUNTED.items() if verb in work.counted]
        parts = [*numbers, *work.said]
        work.counted, work.said = {}, []
        return (self._line(work, (Span(", ".join(parts)),)),) if parts else ()

    def _still(self, event: Event) -> tuple[Line, ...]:
        """A line that shows that the object, or the limiter, is still at work."""
        if isinstance(event, Throttled):
            return (Line(text=(Span(f"{'limit':<{self._width}}   {self.waits}"),)),)
        work = self._work(self._actions[event.action])
        how_far = f"{work.done} of {count(work.total, 'step')} done, {work.doing} for {duration(self.now - work.since)}{self.mark}"
        return (self._line(work, (Span(how_far),)),)

    def _line(self, work: ObjectAtWork, text: Text) -> Line:
        return self._named(_name(work.ref, work.version), text)

    def _named(self, name: str, text: Text) -> Line:
        gap = Span(" " * (self._width - len(name)) + "   ")
        return Line(text=(Span(name, Role.STRONG), gap, *text), hang=self._width + 3)


def _name(ref: Ref, version: int | None) -> str:
    return f"{ref} v{version}" if version is not None else str(ref)


def _gather(work: ObjectAtWork, verb: Verb, event: Finished) -> None:
    if verb in _COUNTED:
        work.counted[verb] = work.counted.get(verb, 0) + 1
    elif event.detail and event.reason is not EndReason.NOTHING_TO_DO:
        work.said.append(event.detail)


def _done(action: Action) -> str:
    words = {
        Verb.CREATE: "created",
        Verb.UPDATE: "changed",
        Verb.CLONE: "cloned",
        Verb.CLAIM: "draft claimed",
        Verb.SET_ASIDE: "draft set aside",
        Verb.ARCHIVE: "images arrived",
        Verb.CHECK: "clone checked",
        Verb.COMPLETE: "verified, completed",
        Verb.TRAIN: "training started",
        Verb.RENAME: "renamed in place",
        Verb.STOP: "training stopped",
        Verb.DELETE: "deleted",
    }
    return words[action.verb]


def training_words(training: InTraining, board: Board) -> str:
    """Since when a training goes on, and when its end is expected."""
    since = since_words(training.began, board.now, board.time_of_day)
    return f"{since}; {end_words(training.began, board.now, board.time_of_day)}"


def board_lines(board: Board) -> tuple[Line, ...]:
    """A line for each object at work (what, how far, time left), and one for the limiter where it waits."""
    lines = []
    width = max((len(_name(work.ref, work.version)) for work in board.works), default=0)
    for work in board.works:
        name, training = _name(work.ref, work.version), board.training_of(work)
        text = _how_far(work, board) if training is None else training_words(training, board)
        lines.append(Line(text=(Span(f"{name:<{width}}", Role.STRONG), Span(f"   {text}"))))
    if board.waits:
        lines.append(Line(text=(Span(board.waits, Role.QUIET),)))
    return tuple(lines)


def _how_far(work: ObjectAtWork, board: Board) -> str:
    left = work.left(board.now)
    rest = f", {duration(left)} left{board.mark}" if left is not None and left >= 1 else ""
    return f"{work.done} of {count(work.total, 'step')}{rest}   {work.doing}"
