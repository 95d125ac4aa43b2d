"""Problems as a screen: where, what, and what to do, then how many."""

from collections.abc import Iterable

from reconciler.core.desired import Desired
from reconciler.core.problem import Problem, in_order
from reconciler.core.text import count
from reconciler.render.view import Block, Line, Paragraph, Role, Text, View, folded, say, screen

ALIKE = 5
"""Warnings of one kind that are shown; one of each of thousands of images would hide all others."""


def problems_view(problems: Iterable[Problem], *, end: str = "nothing was sent") -> View:
    """All problems, none folded, and a last line that counts them."""
    ordered = in_order(problems)
    return screen([_problem(one) for one in ordered], [Line(text=say(f"{counted(ordered)}, {end}.", Role.STRONG))])


def warnings_view(problems: Iterable[Problem]) -> View:
    """Warnings alone, where the command goes on; of many that say the same, the first few."""
    alike: dict[tuple[str, str], list[Problem]] = {}
    for one in in_order(problems):
        alike.setdefault((one.rule, one.summary), []).append(one)
    shown: list[Problem] = []
    rest: list[Block] = []
    for (_, summary), same in alike.items():
        few, hidden = folded(len(same), ALIKE)
        shown += same[:few]
        if hidden:
            text = f"… and {hidden:,} more: {summary} (`reconciler validate --format json` lists all)"
            rest.append(Line(text=say(text, Role.WARNING)))
    return screen([*(_problem(one) for one in in_order(shown)), *rest])


def counted(problems: Iterable[Problem]) -> str:
    """`3 problems`, `2 warnings`, `3 problems and 2 warnings`."""
    errors = warnings = 0
    for problem in problems:
        errors += problem.is_error
        warnings += not problem.is_error
    parts = [count(errors, "problem")] if errors or not warnings else []
    return " and ".join([*parts, *([count(warnings, "warning")] if warnings else [])])


def _problem(problem: Problem) -> Block:
    role = Role.PROBLEM if problem.is_error else Role.WARNING
    what = problem.summary if problem.is_error else f"warning: {problem.summary}"
    lead: Text = (*say(str(problem.location), Role.STRONG), *say("  "), *say(what, role))
    return Paragraph(lead=lead, rest=tuple(say(text) for text in (problem.detail, problem.remedy) if text), deep=True)


def valid_view(desired: Desired) -> View:
    """Nothing is wrong, and what was looked at."""
    images = sum(len(dataset.images) for dataset in desired.datasets.values())
    datasets = count(len(desired.datasets), "dataset")
    what = f"{count(len(desired.projects), 'project')}, {datasets} ({count(images, 'image')})"
    return screen([Line(text=say(f"No problems: {what}, {count(len(desired.models), 'model')}."))])
