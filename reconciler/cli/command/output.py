"""`reconciler output`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import format_option
from reconciler.cli.ref_type import MODEL
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler output --format json
reconciler output lora-max
reconciler output --format env >> models.env
reconciler output --format github
"""


@declare("output", example=_EXAMPLE)
@click.argument("wanted", metavar="[MODEL]...", nargs=-1, type=MODEL)
@format_option("text", "json", "env", "github")
@pass_invocation
def command(invocation: Invocation, wanted: "tuple[Ref, ...]", form: str) -> int:
    """Print the live model of each manifest and the version that each alias names, for programs; of the models named only.

    The live model is the version in force where it is trained, else the newest trained one, else the newest under way.
    Only trained versions answer to an alias; exit code 1 where nothing answers to one. `github` adds the lines of
    `env` to the outputs of a step of GitHub Actions (GITHUB_OUTPUT), or prints them where there is no such step.
    """
    from reconciler.app.output import append, env_lines, github_file, live_models
    from reconciler.cli.context import open_context
    from reconciler.cli.exit_codes import DONE, FAILED
    from reconciler.cli.plan_flow import plan_live
    from reconciler.cli.run_async import run_async
    from reconciler.render.output import output_json, output_view

    context = open_context(invocation)
    models = live_models(run_async(plan_live(context)), wanted)
    place = github_file(invocation.environ)
    if form == "text":
        context.console.result(output_view(models))
    elif form == "json":
        context.console.result_text(output_json(models))
    elif form == "github" and place is not None:
        append(place, env_lines(models))
    else:
        context.console.result_text(env_lines(models))
    missing = [(model.name, alias) for model in models for alias in model.aliases if alias.id is None]
    for name, alias in missing:
        context.console.say_line(f"The alias {alias.name} of model/{name} answers to nothing: {alias.problem}.")
    return FAILED if missing else DONE
