"""Problems as a screen: where, what, and what to do, then how many."""

from collections.abc import Iterable, Sequence

from reconciler.core.desired import Desired
from reconciler.core.problem import Problem, in_order
from reconciler.core.text import count
from reconciler.render.alike import alike, shape, some
from reconciler.render.view import Block, Line, Paragraph, Role, Text, View, say, screen
from reconciler.render.words import declared

ALL = "`reconciler validate --format json` lists all"


def problems_view(problems: Iterable[Problem], *, end: str = "nothing was sent") -> View:
    """All problems, each at its place, warnings that say the same once, and a last line that counts all of them."""
    ordered = in_order(problems)
    return screen(_listed(ordered), [Line(text=say(f"{counted(ordered)}, {end}.", Role.STRONG))])


def warnings_view(problems: Iterable[Problem]) -> View:
    """Warnings alone, where the command goes on; those that say the same are told once."""
    return screen(_listed(in_order(problems)))


def told_once(problems: Iterable[Problem]) -> list[tuple[Problem, ...]]:
    """Problems in groups. A group is one problem, or many warnings that say the same; the words of its first are enough."""
    return alike(in_order(problems), lambda one: one if one.is_error else (one.rule, shape(one.summary)))


def further_places(group: Sequence[Problem]) -> str:
    """`The same 5,000 times, also at b.yaml:3:1, c.yaml:3:1, d.yaml:3:1 and 4,996 more`; empty for one alone."""
    if len(group) == 1:
        return ""
    is_same = len({one.summary for one in group}) == 1
    what = f"The same {len(group):,} times" if is_same else f"{len(group):,} like this"
    return f"{what}, also at {some([one.location for one in group[1:]])}"


def _listed(ordered: Iterable[Problem]) -> list[Block]:
    return [_problem(group) for group in told_once(ordered)]


def counted(problems: Iterable[Problem]) -> str:
    """`3 problems`, `2 warnings`, `3 problems and 2 warnings`."""
    errors = warnings = 0
    for problem in problems:
        errors += problem.is_error
        warnings += not problem.is_error
    parts = [count(errors, "problem")] if errors or not warnings else []
    return " and ".join([*parts, *([count(warnings, "warning")] if warnings else [])])


def _problem(group: Sequence[Problem]) -> Block:
    problem = group[0]
    role = Role.PROBLEM if problem.is_error else Role.WARNING
    what = problem.summary if problem.is_error else f"warning: {problem.summary}"
    lead: Text = (*say(str(problem.location), Role.STRONG), *say("  "), *say(what, role))
    further = further_places(group)
    texts = (problem.detail, problem.remedy, f"{further} ({ALL})." if further else "")
    return Paragraph(lead=lead, rest=tuple(say(text) for text in texts if text), deep=True)


def valid_view(desired: Desired) -> View:
    """Nothing is wrong, and what was looked at."""
    images = sum(len(dataset.images) for dataset in desired.datasets.values())
    what = declared(
        projects=len(desired.projects), datasets=len(desired.datasets), images=images, models=len(desired.models)
    )
    return screen([Line(text=say(f"No problems: {what}."))])
