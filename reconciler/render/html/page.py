"""A plan as one HTML file that a browser, a mail program and a printer show alike."""

from dataclasses import dataclass, field

from reconciler.core.change import (
    ModelChange,
    ProjectChange,
    RemovalChange,
    RenameChange,
    Unchanged,
)
from reconciler.core.plan import Plan
from reconciler.core.text import count
from reconciler.render.change import rank
from reconciler.render.finding import Finding
from reconciler.render.html import graph, sections, summary
from reconciler.render.html.album import NO_ALBUM, Album
from reconciler.render.html.contact_sheet import BUDGET, PICTURES, datasets_of, sheets, wanted
from reconciler.render.html.environment import page_template
from reconciler.render.html.frame import ImageRename
from reconciler.render.plan import FIRST, LOOSENING, about, context, grouped
from reconciler.render.state import QUIET, state_words, version_words
from reconciler.render.words import megabytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All that the template prints."""

    title: str
    context: str
    tool: str
    digest: str
    digest_start: str
    way: str
    first: tuple[summary.Phrase, ...]
    headline: tuple[summary.Phrase, ...]
    amounts: tuple[summary.Amount, ...]
    look_at: tuple[summary.Phrase, ...]
    refusals: tuple[tuple[str, tuple[str, ...]], ...]
    accepted: tuple[str, ...]
    is_empty: bool
    models: tuple[sections.ModelPart, ...] = ()
    removals: tuple[sections.RemovalPart, ...] = ()
    datasets: tuple[sections.DatasetPart, ...] = ()
    others: tuple[sections.OtherPart, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unusual: tuple[tuple[str, str], ...] = ()
    unchanged: str = ""
    findings: tuple[Finding, ...] = ()
    unseen: str = ""
    branches: tuple[graph.Branch, ...] = ()
    pictures: str = field(default="")


def render_html(
    plan: Plan,
    *,
    digest: str,
    album: Album = NO_ALBUM,
    way: str = "",
) -> str:
    """The whole page. `way` is the sentence that says how to go on."""
    return page_template("page.html").render(page=_page(plan, digest, album, way))


def wanted_pictures(plan: Plan, renamed: tuple[ImageRename, ...] = ()) -> tuple[str, ...]:
    """Keys of the images of which the page shows pictures, at most 400: no others need a thumbnail."""
    return wanted(plan, renamed)


def _page(plan: Plan, digest: str, album: Album, way: str) -> Page:
    ordered = sorted(plan.changes, key=rank)
    anchors: sections.Anchors = {
        (change.kind, change.ref): f"{change.kind}-{number}" for number, change in enumerate(ordered, 1)
    }
    datasets = datasets_of(plan)
    laid = sheets(plan, album)
    behind = {change.ref: change for change in datasets}
    return Page(
        title=f"Plan {grouped(digest)}",
        context=context(plan.subject),
        tool=plan.tool,
        digest=digest,
        digest_start=grouped(digest),
        way=way,
        first=summary.first_words(plan),
        headline=summary.headline(plan),
        amounts=summary.amounts(plan),
        look_at=summary.to_look_at(plan, ((one, anchors[one.kind, one.ref]) for one in ordered), len(album.findings)),
        refusals=tuple((about(one.ref, one.summary), one.remedies) for one in plan.refusals),
        accepted=tuple(str(ref) for ref in plan.asked.accepted),
        is_empty=plan.is_empty,
        models=tuple(sections.model(one, plan, behind, anchors) for one in ordered if isinstance(one, ModelChange)),
        removals=tuple(sections.removal(one, plan, anchors) for one in ordered if isinstance(one, RemovalChange)),
        datasets=tuple(
            sections.dataset(one, plan, anchors, sheet, album.of_whole(one.ref))
            for one, sheet in zip(datasets, laid.sheets, strict=True)
        ),
        others=tuple(
            sections.other(one, plan, anchors) for one in ordered if isinstance(one, ProjectChange | RenameChange)
        ),
        warnings=summary.warnings(plan),
        notes=tuple(about(note.ref, note.text) for note in plan.notes if note.rule not in LOOSENING | {FIRST}),
        unusual=tuple(_standing(one) for one in plan.unchanged if one.state not in QUIET),
        unchanged=_unchanged(plan),
        findings=album.findings,
        unseen=_unseen_words(album.unseen),
        branches=graph.branches(plan),
        pictures=_pictures_words(laid.pictures, laid.bytes, laid.left_out),
    )


def _unseen_words(unseen: int) -> str:
    """What nobody looked at."""
    return (
        f"The pixels of {count(unseen, 'further image')} were not looked at; `reconciler doctor` does."
        if unseen
        else ""
    )


def _pictures_words(pictures: int, size: int, left_out: int) -> str:
    """What the page's pictures take, and where they end."""
    spent = f" {count(left_out, 'picture')} left out for that." if left_out else ""
    return (
        f"{count(pictures, 'thumbnail')}, {megabytes(size)} of at most {megabytes(BUDGET)}.{spent} "
        f"The first {PICTURES} images are shown as pictures, further ones as text."
    )


def _standing(one: Unchanged) -> tuple[str, str]:
    return f"{one.ref} {version_words(one)}".rstrip(), state_words(one)


def _unchanged(plan: Plan) -> str:
    changed = {change.ref for change in plan.changes}
    quiet = sum(one.state in QUIET and one.ref not in changed for one in plan.unchanged)
    return f"{count(quiet, 'object')} unchanged." if quiet else ""
