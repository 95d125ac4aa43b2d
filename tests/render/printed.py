"""Plans as the commands print them: the report is built, then printed."""

from collections.abc import Sequence

from reconciler.core.plan import Plan
from reconciler.render import markdown
from reconciler.render.album import NO_THUMBNAILS, Album, ReportedFinding
from reconciler.render.html import page
from reconciler.render.plan_json import plan_report_json
from reconciler.render.plan_report.report import plan_report
from reconciler.render.plan_text import plan_view
from reconciler.render.text import render_text

NO_PICTURES = Album(thumbnails=NO_THUMBNAILS)


def render_screen(plan: Plan, *, digest: str, way: str = "") -> str:
    return render_text(plan_view(plan_report(plan, digest=digest, way=way)))


def render_markdown(
    plan: Plan,
    *,
    digest: str,
    marker: str = markdown.MARKER,
    findings: Sequence[ReportedFinding] = (),
    limit: int = markdown.COMMENT_LIMIT,
) -> str:
    report = plan_report(plan, digest=digest, album=Album(findings=tuple(findings)))
    return markdown.render_markdown(report, marker=marker, limit=limit)


def render_report_json(plan: Plan, *, digest: str) -> str:
    return plan_report_json(plan_report(plan, digest=digest))


def render_html(plan: Plan, *, digest: str, album: Album = NO_PICTURES, way: str = "") -> str:
    return page.render_html(plan_report(plan, digest=digest, way=way, album=album))
