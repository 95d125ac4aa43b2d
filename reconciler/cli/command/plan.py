"""`reconciler plan`."""

from typing import TYPE_CHECKING, Literal

import click

from reconciler.cli.choice import asking, lenient, scoped
from reconciler.cli.choice import form as form_option
from reconciler.cli.frame import Frame, pass_frame
from reconciler.cli.frame import command as declare

if TYPE_CHECKING:
    from reconciler.app.planning import Scope
    from reconciler.cli.context import Context
    from reconciler.core.plan import Plan
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler plan
reconciler plan --out plan.json --detailed-exitcode
reconciler plan --target dataset/lora-poses --allow trainings=2
reconciler plan --prune
reconciler plan --base origin/main --format markdown
"""


@declare("plan", example=_EXAMPLE)
@click.option("--out", metavar="FILE", help="Save the plan, for `apply FILE`.")
@form_option("text", "json", "markdown", "html")
@click.option("--base", metavar="REV", help="Take the tree at a git revision as live: no token, no network.")
@click.option("--live", is_flag=True, help="With --base: observe as well, and tell this change from drift.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where there are changes.")
@click.option("--refresh", type=click.Choice(("auto", "full")), default="auto", help="full: read every image. [auto]")
@scoped
@lenient
@asking
@pass_frame
def command(
    frame: Frame,
    *,
    out: str | None,
    form: str,
    base: str | None,
    live: bool,
    detailed_exitcode: bool,
    refresh: Literal["auto", "full"],
    targets: "tuple[Ref, ...]",
    excluded: "tuple[Ref, ...]",
    accepted: "tuple[Ref, ...]",
    raised: dict[str, int],
    retry: "tuple[Ref, ...]",
    start: "tuple[Ref, ...]",
    prune: bool,
) -> int:
    """Show what apply would do and what it costs. Nothing is changed.

    Trainings, deletions, removals and rewritten captions come first and are never folded away. What is refused is shown with
    the ways on; the exit code is 0 all the same, or 2 with --detailed-exitcode. A limit that was loosened counts, too.

    With --base REV only what this change touches is planned, against the tree of that revision: safe for a pull
    request from a fork. Versions print as `v?`, for nobody asked which ones are live.
    """
    from reconciler.app.planning import Scope
    from reconciler.app.saved import save
    from reconciler.cli.code import CHANGES, DONE
    from reconciler.cli.context import begin
    from reconciler.cli.paper import Paper, put
    from reconciler.cli.way import apply_words, equal_words

    if live and base is None:
        raise click.UsageError("--live goes with --base REV; without it a plan is always live.")
    scope = Scope(
        targets=targets,
        excluded=excluded,
        accepted=accepted,
        refresh=refresh,
        retry=retry,
        start=start,
        prunes=prune,
    )
    context = begin(frame, raised)
    plan = _plan(context, scope, base, live=live)
    if out is not None:
        save(out, plan)
    way = equal_words(out) if plan.subject.base else apply_words(frame, scope, raised, out)
    put(context.console, plan, Paper(form=form, way=way, root=context.settings.root, base=base))
    return CHANGES if detailed_exitcode and _is_news(plan) else DONE


def _is_news(plan: "Plan") -> bool:
    """Is there anything to do, to lift or, where a limit was loosened, to look at?"""
    from reconciler.render.plan import LOOSENING

    return bool(plan.actions or plan.refusals or any(note.rule in LOOSENING for note in plan.notes))


def _plan(context: "Context", scope: "Scope", base: str | None, *, live: bool) -> "Plan":
    import asyncio

    from reconciler.cli.look import look, look_back, look_both_ways

    if base is None:
        return asyncio.run(look(context, scope)).plan
    if live:
        return asyncio.run(look_both_ways(context, scope, base)).plan
    return look_back(context, scope, base)
