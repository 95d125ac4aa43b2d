"""Commands that a text advises, with the options by which this call was told where to look.

A sentence writes a command in backticks, and without these options: it may stand in a plan that somebody else prints. Whoever
copies the command would otherwise read another tree or ask another account.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.value import dataclass
from reconciler.render.view import Figures, Item, Items, Line, Paragraph, Role, Row, Text, View

if TYPE_CHECKING:
    from reconciler.core.plan import Plan
    from reconciler.core.problem import Problem
    from reconciler.doctor.finding import Diagnosis
    from reconciler.render.gallery_report import GalleryReport
    from reconciler.render.view import Block

_NAMES = ("root", "overlay", "endpoint")
"""Options that say which tree and which account are meant. The others change how fast or how loud a command is."""
_COMMAND = r"`(reconciler ((?:gallery )?[a-z]+)[^`]*)`"
"""Compiled where it is first used: most calls give no option."""
_ASKS_NOBODY = frozenset(
    {
        "doctor",
        "gallery approve",
        "gallery report",
        "gallery status",
        "init",
        "mv",
        "schema",
        "show",
        "validate",
        "version",
    }
)
"""Commands to which no endpoint matters."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Completes the commands of a text. `given` holds the values of options of this call; without any, a text stays as it is."""

    given: Mapping[str, str]

    def sentence(self, text: str) -> str:
        """The text; each command in it that lacks an option gets it."""
        return re.sub(_COMMAND, self._completed, text) if self.given and "`reconciler " in text else text

    def _completed(self, found: re.Match[str]) -> str:
        command, name = found.groups()
        words = command.split(" ")
        if "--help" in words:
            return found[0]
        without = {"endpoint"} if _asks_nobody(name, words) else set()
        more = self.options(but={option for option in _NAMES if f"--{option}" in words} | without)
        return f"`{' '.join([command, *more])}`"

    def options(self, *, but: Iterable[str] = ()) -> tuple[str, ...]:
        """`--root other/`, `--overlay staging`: the options as words for a shell."""
        from shlex import quote

        left = frozenset(but)
        return tuple(f"--{name} {quote(value)}" for name, value in self.given.items() if name not in left)

    def view(self, view: View) -> View:
        """The screen, without a change to what people wrote: rows that come and go, and marked differences."""
        if not self.given:
            return view
        return View(sections=tuple(tuple(map(self._block, section)) for section in view.sections))

    def _block(self, block: "Block") -> "Block":
        match block:
            case Line():
                return replace(block, text=self._text(block.text))
            case Paragraph():
                return replace(block, lead=self._text(block.lead), rest=tuple(map(self._text, block.rest)))
            case Items():
                return replace(block, items=tuple(map(self._item, block.items)))
            case Figures():
                return block

    def _item(self, item: Item) -> Item:
        return replace(item, text=self._text(item.text), rows=tuple(map(self._row, item.rows)))

    def _row(self, row: Row) -> Row:
        return row if row.sign is not None else replace(row, text=self._text(row.text))

    def _text(self, text: Text) -> Text:
        if any(span.role in (Role.COME, Role.GONE) for span in text):
            return text
        return tuple(replace(span, text=self.sentence(span.text)) for span in text)

    def problems(self, problems: "Iterable[Problem]") -> "tuple[Problem, ...]":
        """Problems for a format that is no screen."""
        return tuple(replace(one, remedy=self.sentence(one.remedy)) for one in problems)

    def plan(self, plan: "Plan") -> "Plan":
        """A plan for a report; not for a file, whose bytes must not depend on who wrote it."""
        ways = (tuple(map(self.sentence, one.remedies)) for one in plan.refusals)
        return replace(
            plan, refusals=tuple(replace(one, remedies=new) for one, new in zip(plan.refusals, ways, strict=True))
        )

    def diagnosis(self, diagnosis: "Diagnosis") -> "Diagnosis":
        """What the doctor found."""
        datasets = (
            replace(one, findings=tuple(replace(found, remedy=self.sentence(found.remedy)) for found in one.findings))
            for one in diagnosis.datasets
        )
        return replace(diagnosis, datasets=tuple(datasets), problems=self.problems(diagnosis.problems))

    def gallery(self, report: "GalleryReport") -> "GalleryReport":
        """A page that shows a gallery."""
        return replace(report, ways=tuple(replace(one, words=self.sentence(one.words)) for one in report.ways))


def _asks_nobody(name: str, words: Sequence[str]) -> bool:
    """Does a command ask no account? A plan on a revision asks one only with `--live`."""
    return name in _ASKS_NOBODY or (name == "plan" and "--base" in words and "--live" not in words)


def advice_of(given: Mapping[str, object]) -> Advice:
    """The advice for whoever made this call."""
    return Advice({name: str(given[name]) for name in _NAMES if name in given})
