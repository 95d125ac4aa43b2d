"""A plan on stdout in the form that was asked for; each form is imported when it is used."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.console import Console
from reconciler.core.live import Observed
from reconciler.core.plan import Plan
from reconciler.core.planning.plan_file import digest, dump_plan

if TYPE_CHECKING:
    from reconciler.app.album import Sources
    from reconciler.app.live import Live


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """How to print: the form, the sentence that says how to go on, and where a report finds what it shows.

    `live` is what was observed; pictures of it come from `hosts` and from nowhere else.
    """

    form: str
    way: str
    root: Path
    today: date
    base: str | None = None
    live: Observed | None = None
    hosts: tuple[str, ...] = ()
    length: str = "comment"


def put(console: Console, plan: Plan, paper: Paper) -> None:
    """Print a plan."""
    match paper.form:
        case "json":
            console.result_text(dump_plan(plan))
        case "markdown":
            console.result_text(_markdown(plan, paper))
        case "html":
            console.result_text(_html(plan, paper))
        case _:
            from reconciler.render.plan import plan_view

            console.result(plan_view(plan, digest=digest(plan), way=paper.way))


def _html(plan: Plan, paper: Paper) -> str:
    """The page, with what the trees know of its images."""
    from reconciler.app.album import album_of
    from reconciler.render.html.page import render_html

    way = "`reconciler apply` refuses this plan." if plan.refusals else paper.way
    return render_html(plan, digest=digest(plan), album=album_of(plan, _sources(paper)), way=way)


def _markdown(plan: Plan, paper: Paper) -> str:
    """The comment of one tree, known by its marker; where nothing is to be told, what becomes of an earlier one."""
    from reconciler.app.album import findings_in
    from reconciler.render.markdown import COMMENT_LIMIT, SUMMARY_LIMIT, render_markdown, render_markdown_nothing

    marker = marker_of(paper.root)
    found = findings_in(plan, _sources(paper)).told
    limit = SUMMARY_LIMIT if paper.length == "summary" else COMMENT_LIMIT
    text = render_markdown(plan, digest=digest(plan), marker=marker, findings=found, limit=limit)
    return text or render_markdown_nothing(marker, plan.subject)


def marker_of(root: Path) -> str:
    """`reconciler:plan:manifests`. Of an absolute path the last name alone: a comment tells nothing of the machine."""
    return f"reconciler:plan:{root.name if root.is_absolute() else root.as_posix()}"


def _sources(paper: Paper) -> "Sources":
    from reconciler.app.album import Sources

    observed = paper.live
    if observed is None:
        return Sources(root=paper.root, base=paper.base, today=paper.today)

    def ask(wanted: Collection[str]) -> "Live":
        import asyncio

        from reconciler.app.live import live_pictures

        return asyncio.run(live_pictures(observed, wanted, paper.hosts))

    return Sources(root=paper.root, base=paper.base, today=paper.today, ask=ask)
