"""A plan on stdout in the form that was asked for; each form is imported when it is used."""

from dataclasses import dataclass
from pathlib import Path

from reconciler.cli.console import Console
from reconciler.core.order.wire import digest, dump_plan
from reconciler.core.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """How to print: the form, the sentence that says how to go on, where images are looked for, the base revision."""

    form: str
    way: str
    root: Path
    base: str | None = None


def put(console: Console, plan: Plan, paper: Paper) -> None:
    """Print a plan."""
    match paper.form:
        case "json":
            console.result_text(dump_plan(plan))
        case "markdown":
            console.result_text(_markdown(plan, paper.root))
        case "html":
            console.result_text(_html(plan, paper))
        case _:
            from reconciler.render.plan import plan_view

            console.result(plan_view(plan, digest=digest(plan), way=paper.way))


def _html(plan: Plan, paper: Paper) -> str:
    """The page, with what the trees know of its images."""
    from reconciler.app.album import album_of
    from reconciler.render.html.page import render_html

    album = album_of(plan, paper.root, paper.base)
    return render_html(
        plan,
        digest=digest(plan),
        thumbnails=album.thumbnails,
        findings=album.findings,
        renamed=album.renamed,
        way=paper.way,
    )


def _markdown(plan: Plan, root: Path) -> str:
    """The comment of one tree, known by its marker; where nothing is to be told, what becomes of an earlier one."""
    from reconciler.render.markdown import render_markdown, render_markdown_nothing

    marker = f"reconciler:plan:{root.as_posix()}"
    return render_markdown(plan, digest=digest(plan), marker=marker) or render_markdown_nothing(marker)
