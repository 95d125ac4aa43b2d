"""A plan on stdout in the format that was asked for, with the sentence that says how to go on.

Each format is imported only when it is used.
"""

import shlex
from collections.abc import Collection, Mapping
from dataclasses import field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.api.network import DIRECT, Network
from reconciler.app.planning import Scope
from reconciler.cli.console import Console
from reconciler.core.consequence import AliasMove
from reconciler.core.desired import Desired
from reconciler.core.live import Observed
from reconciler.core.plan import Plan
from reconciler.core.planning.plan_file import digest, dump_plan
from reconciler.core.value import dataclass

if TYPE_CHECKING:
    from reconciler.app.album import AlbumSources
    from reconciler.app.live_pictures import LivePictures
    from reconciler.gallery.moved import MovedGallery


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPrinting:
    """How to print: the format, the sentence that says how to go on, and where a report finds what it shows.

    A comment is found again by `root` and `stage`. `observed` is what is live. Pictures of it are fetched from `hosts` over
    `network`, and from nowhere else.
    """

    form: str
    next_step: str
    digest: str = ""
    """Of the plan as it was made."""
    root: Path
    stage: str
    today: date
    base: str | None = None
    observed: Observed | None = None
    hosts: tuple[str, ...] = ()
    network: Network = DIRECT
    length: str = "comment"
    desired: Desired | None = None
    """What the tree declares; None where only a plan file was read."""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What a runner of CI says of itself."""


def print_plan(console: Console, plan: Plan, printing: PlanPrinting) -> None:
    """Print a plan. Commands in it are completed, but not in a plan file: its bytes must not depend on who prints it."""
    if printing.form != "json":
        advice = console.advice
        printing = replace(printing, next_step=advice.sentence(printing.next_step), digest=digest(plan))
        plan = advice.plan(plan)
    match printing.form:
        case "json":
            console.result_text(dump_plan(plan))
        case "markdown":
            console.result_text(_markdown(plan, printing))
        case "html":
            console.result_text(_html(plan, printing))
        case "report":
            console.result_text(_report_json(plan, printing))
        case _:
            from reconciler.render.album import Album
            from reconciler.render.plan_report.report import plan_report
            from reconciler.render.plan_text import plan_view

            album = Album(galleries=_galleries(plan, printing))
            console.result(plan_view(plan_report(plan, digest=printing.digest, way=printing.next_step, album=album)))


def marker_of(root: Path, stage: str = "") -> str:
    """`reconciler:plan:manifests@brand`."""
    return f"reconciler:plan:{_shown(root)}" + (f"@{stage}" if stage else "")


def _shown(root: Path) -> str:
    """Of an absolute path only the last name: a comment must not show this machine's folders."""
    return root.name if root.is_absolute() else root.as_posix()


def next_step_offline(plan: Plan, saved: str | None) -> str:
    """How to go on from a plan that asked nothing of the API."""
    if saved is None:
        return f"`reconciler apply{_overlay(plan)}` plans again, on what is live then."
    command = f"reconciler apply --within {shlex.quote(saved)}{_overlay(plan)}"
    return f"Saved. Apply what it holds, and no more, with `{command}`."


def next_step_of_file(plan: Plan, place: str) -> str:
    """How to go on from a plan file."""
    if plan.subject.destroys:
        return "`reconciler destroy` deletes this, and nothing else applies it."
    flag = "--within " if plan.subject.base else ""
    return f"Apply it with `reconciler apply {flag}{shlex.quote(place)}{_overlay(plan)}`."


def _overlay(plan: Plan) -> str:
    """The option that says the overlay of a plan again: whoever applies it must be asked for the same one."""
    return f" --overlay {plan.subject.overlay}" if plan.subject.overlay else ""


def next_step_live(scope: Scope, raised: Mapping[str, int], saved: str | None, plan: Plan) -> str:
    """How to go on from a plan on what is live: the `reconciler apply` that does the same, with the same options."""
    if plan.is_empty and plan.consequences:
        return "Merge it: `reconciler apply` has nothing to do."
    asked = [f"--accept {ref}" for ref in scope.accepted] + [f"--allow {name}={raised[name]}" for name in raised]
    asked += [f"--retry {ref}" for ref in scope.retry] + [f"--start {ref}" for ref in scope.start]
    asked += ["--prune"] if scope.prunes else []
    selected = [f"--target {ref}" for ref in scope.targets] + [f"--exclude {ref}" for ref in scope.excluded]
    if saved is not None:
        command = " ".join(["reconciler apply", shlex.quote(saved), *asked])
        return f"Saved. Apply it with `{command}`."
    command = " ".join(["reconciler apply", *selected, *asked])
    return f"Apply with `{command}`, or save this plan with `--out plan.json`."


def _html(plan: Plan, printing: PlanPrinting) -> str:
    """The page, with what the trees know of its images."""
    from reconciler.app.album import album_of
    from reconciler.render.html.page import render_html
    from reconciler.render.plan_report.report import plan_report

    way = "`reconciler apply` refuses this plan." if plan.refusals else printing.next_step
    album = album_of(plan, _sources(plan, printing))
    return render_html(plan_report(plan, digest=printing.digest, album=album, way=way))


def _markdown(plan: Plan, printing: PlanPrinting) -> str:
    """A comment with a marker by which it is found again. If there is nothing to say, what to do with an earlier one."""
    from reconciler.app.album import findings_alone
    from reconciler.render.markdown import COMMENT_LIMIT, SUMMARY_LIMIT, render_markdown, render_markdown_nothing
    from reconciler.render.plan_report.report import plan_report

    marker, root = marker_of(printing.root, printing.stage), _shown(printing.root)
    album = findings_alone(plan, _sources(plan, printing))
    report = plan_report(plan, digest=printing.digest, album=album, has_steps=False)
    limit = SUMMARY_LIMIT if printing.length == "summary" else COMMENT_LIMIT
    files = _file_address(printing) if report.galleries else ""
    made = render_markdown(report, marker=marker, root=root, files=files, limit=limit)
    return made or render_markdown_nothing(report, marker, root)


def _file_address(printing: PlanPrinting) -> str:
    from reconciler.app.file_address import file_address

    return file_address(printing.root, printing.environ)


def _report_json(plan: Plan, printing: PlanPrinting) -> str:
    """The tree that the other formats print, with what was found about images and without their pictures."""
    from reconciler.app.album import findings_alone
    from reconciler.render.plan_json import plan_report_json
    from reconciler.render.plan_report.report import plan_report

    album = findings_alone(plan, _sources(plan, printing))
    return plan_report_json(plan_report(plan, digest=printing.digest, album=album, way=printing.next_step))


def _sources(plan: Plan, printing: PlanPrinting) -> "AlbumSources":
    from reconciler.app.album import AlbumSources

    galleries = _galleries(plan, printing)
    observed = printing.observed
    if observed is None:
        return AlbumSources(root=printing.root, base=printing.base, today=printing.today, galleries=galleries)

    def ask(wanted: Collection[str]) -> "LivePictures":
        import asyncio

        from reconciler.app.live_pictures import live_pictures

        return asyncio.run(live_pictures(observed, wanted, printing.hosts, network=printing.network))

    return AlbumSources(root=printing.root, base=printing.base, today=printing.today, ask=ask, galleries=galleries)


def _galleries(plan: Plan, printing: PlanPrinting) -> "tuple[MovedGallery, ...]":
    """Galleries of models of which the plan moves aliases; without such a move nothing is read."""
    if not any(isinstance(one, AliasMove) for one in plan.consequences):
        return ()
    if printing.desired is not None and not printing.desired.galleries:
        return ()
    from reconciler.app.moved_galleries import declared_in, moved_galleries

    desired = printing.desired or declared_in(printing.root, plan.subject.overlay)
    return () if desired is None else moved_galleries(printing.root, plan, desired)
