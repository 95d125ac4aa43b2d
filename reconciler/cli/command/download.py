"""`reconciler download`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import hosts_option
from reconciler.cli.ref_type import VERSIONED
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.app.download import DownloadRequest
    from reconciler.cli.context import CommandContext
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler download model/lora-max --pictures-from files.example.com
reconciler download model/lora-max --version production --out weights
reconciler download dataset/lora-poses --version v2
"""


@declare("download", example=_EXAMPLE)
@click.argument("ref", metavar="REF", type=VERSIONED)
@click.option(
    "--version",
    "version",
    default="",
    metavar="WHICH",
    help="An alias, a number as v2, or a fingerprint. [the one in force, else the newest]",
)
@click.option("--out", "folder", metavar="DIR", default="downloads", show_default=True, help="Where files go.")
@hosts_option("Fetch files from this host, without the token.")
@pass_invocation
def command(invocation: Invocation, /, *, ref: "Ref", version: str, folder: str, hosts: tuple[str, ...]) -> int:
    """Fetch the file of a trained model, or the images of a dataset of archives, with a record of their digests.

    Files are fetched without the token, from a host that you name. What broke off goes on with the same command; a file
    that is there is never written over (exit code 4). Exit code 1 where one did not come.
    """
    import asyncio
    from pathlib import Path

    from reconciler.app.download import DownloadRequest
    from reconciler.cli.context import open_context

    request = DownloadRequest(ref=ref, version=version, folder=Path(folder), hosts=hosts)
    return asyncio.run(_download(open_context(invocation), request))


async def _download(context: "CommandContext", request: "DownloadRequest") -> int:
    """Find the version, fetch its files, print them. The exit code."""
    from reconciler.app.download import Told, choose, download_files
    from reconciler.app.planning import Scope, make_plan
    from reconciler.app.validate import validate
    from reconciler.cli.context import warn_of_unused_token
    from reconciler.cli.exit_codes import DONE, FAILED
    from reconciler.cli.plan_flow import announce_server_time, connect
    from reconciler.core.text import shown
    from reconciler.render.problem import warnings_view
    from reconciler.render.words import capitalised

    settings, console = context.settings, context.console
    desired = validate(settings, context.today)
    console.say(warnings_view(desired.warnings))
    warn_of_unused_token(context)
    async with connect(context, request.hosts) as opened:
        planned = await make_plan(opened, settings, desired, Scope())
        announce_server_time(console, opened.clock)
        chosen = choose(planned, request.ref, request.version)
        console.say_line(f"{chosen.title}:")
        told = Told(
            say=console.say_line,
            keep=lambda path: console.result_text(f"{shown(str(path))}\n"),
            may_fetch=lambda hosts: _may_fetch(context, hosts),
        )
        missed = await download_files(opened, settings, chosen, request, told)
    for reason in missed:
        console.say_line(f"{capitalised(reason)}.")
    return FAILED if missed else DONE


def _may_fetch(context: "CommandContext", hosts: "Sequence[str]") -> bool:
    from reconciler.core.text import in_words

    if not context.console.is_interactive:
        return False
    question = f"The file is at {in_words(hosts, 'and')}. Fetch it from there? Type yes: "
    return context.console.ask(question) == "yes"
