"""`reconciler export`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import format_option, hosts_option
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.api.client import Client
    from reconciler.app.export_files import ExportRequest, Written
    from reconciler.cli.context import CommandContext
    from reconciler.core.live import Observed
    from reconciler.core.look.export import Selection

_EXAMPLE = """\
reconciler export --list
reconciler export --out manifests
reconciler export --out lora --project 1001 --captions --images --pictures-from images.example.com
"""


@declare("export", example=_EXAMPLE)
@click.option("--list", "lists_only", is_flag=True, help="Show what the account holds, and write nothing.")
@click.option("--out", "folder", metavar="DIR", type=click.Path(), help="The folder to write to; it becomes a root.")
@click.option("--project", "projects", multiple=True, metavar="ID|NAME", help="Only this project.")
@click.option("--captions", "has_captions", is_flag=True, help="Write the live captions, too.")
@click.option("--images", "has_images", is_flag=True, help="Fetch the images as the API shows them; needs a host.")
@hosts_option("Fetch them from this host, without the token.")
@format_option("text", "json")
@pass_invocation
def command(
    invocation: Invocation, /, *, lists_only: bool, folder: str | None, form: str, **given: "bool | tuple[str, ...]"
) -> int:
    """Show a whole account, or write manifests of what is live in it: a root that declares just that.

    An object that people made gets a name made of theirs. Nothing that is there is ever written over: a file with other
    content is named, and stays (exit code 4). Pictures that did not come are named, too (exit code 1); the same command
    goes on where it ended. What came is what the API shows, not what was once uploaded.
    """
    import asyncio
    from pathlib import Path

    from reconciler.app.exceptions import WrongUsage
    from reconciler.app.export_files import ExportRequest
    from reconciler.cli.context import open_context

    if lists_only == (folder is not None):
        raise WrongUsage("Say --list, or --out DIR.")
    if lists_only and (given["has_captions"] or given["has_images"]):
        raise WrongUsage("--captions and --images go with --out DIR.")
    if folder is not None and form == "json":
        raise WrongUsage("--format goes with --list.")
    if given["hosts"] and not given["has_images"]:
        raise WrongUsage("--pictures-from goes with --images.")
    request = ExportRequest(folder=Path(folder or "."), **given)  # type: ignore[arg-type]
    context = open_context(invocation)
    return asyncio.run(_list(context, request, form) if lists_only else _export(context, request))


async def _list(context: "CommandContext", request: "ExportRequest", form: str) -> int:
    """The account in three calls."""
    from reconciler.app.export import named_projects
    from reconciler.cli.exit_codes import DONE
    from reconciler.cli.plan_flow import connect
    from reconciler.core.look.overview import only, overview
    from reconciler.render.overview import overview_json, overview_view

    async with connect(context) as opened:
        observed = await _lists(context, opened.client)
    account = only(overview(observed), named_projects(observed, request.projects))
    if form == "json":
        context.console.result_text(overview_json(account))
    else:
        context.console.result(overview_view(account, endpoint=context.settings.endpoint.origin))
    return DONE


async def _export(context: "CommandContext", request: "ExportRequest") -> int:
    """Read, fetch, write, print. The exit code."""
    from reconciler.app.export import read_account, write_export
    from reconciler.cli.plan_flow import connect

    async with connect(context, request.hosts) as opened:
        observed = await _lists(context, opened.client)
        read = await read_account(opened.client, observed, request)
    written = await write_export(read, request, context.settings, context.console.say_line)
    return _told(context, request, read.selection, written)


async def _lists(context: "CommandContext", client: "Client") -> "Observed":
    from reconciler.app.account import require_account
    from reconciler.observe import lists

    observed = await lists(client)
    require_account(context.settings, observed)
    return observed


def _told(context: "CommandContext", request: "ExportRequest", selection: "Selection", written: "Written") -> int:
    """Print what was done. The exit code."""
    from reconciler.app.export import errors_in
    from reconciler.cli.exit_codes import DONE, FAILED, REFUSED
    from reconciler.files.export_folder import Put
    from reconciler.render.export import ExportReport, export_view
    from reconciler.render.problem import counted

    errors = errors_in(request.folder)
    report = ExportReport(
        folder=str(request.folder),
        selection=selection,
        written=written.files[Put.WRITTEN],
        same=written.files[Put.SAME],
        differing=written.files[Put.DIFFERS],
        pictures=written.pictures,
        missed={(one.ref, one.why): one.names for one in written.missed},
        renamed=written.renamed,
        doubles=written.doubles,
        unfit=written.unfit,
        hosts=request.hosts,
        has_images=request.has_images,
        problems=counted(errors) if errors else "",
        options=context.console.advice.options(but=("root",)),
    )
    context.console.result(export_view(report))
    return FAILED if written.missed else REFUSED if report.differing else DONE
