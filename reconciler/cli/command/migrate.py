"""`reconciler migrate`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import diff_option
from reconciler.cli.ref_type import PROJECT
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.app.migrate import OldProject
    from reconciler.cli.context import CommandContext
    from reconciler.core.guide import SchemaGuide
    from reconciler.core.manifest.migration import TextsAs
    from reconciler.core.ref import Ref


@declare("migrate", example="reconciler migrate lora --to schema\nreconciler migrate lora --to schema --ask")
@click.argument("ref", metavar="PROJECT", type=PROJECT)
@click.option("--to", type=click.Choice(("schema",)), required=True, help="The family of the new project.")
@click.option("--ask", "asks", is_flag=True, help="Let the API propose the schemas; without it they are templates.")
@click.option(
    "--captions",
    "texts_as",
    type=click.Choice(("json", "automatic")),
    default="json",
    show_default=True,
    help="What declared captions become: JSON captions beside the images, or automatic ones.",
)
@diff_option()
@pass_invocation
def command(invocation: Invocation, ref: "Ref", to: str, *, asks: bool, texts_as: "TextsAs", shows_diff: bool) -> int:
    """Declare a project once more in the schema family: new manifests beside the old ones.

    A family cannot be changed, so these are a new project, datasets and models; the images stay where they are and are
    shared. Nothing old is changed or removed, and no file is written over. It prints what applying it costs.
    """
    import asyncio

    from reconciler.app.migrate import migration_edits, read_project, templates, write_migration
    from reconciler.cli.context import open_context
    from reconciler.cli.exit_codes import DONE
    from reconciler.cli.file_edits import show_diff
    from reconciler.core.text import count
    from reconciler.render.migrate import migrated_view

    context = open_context(invocation)
    settings = context.settings
    old = read_project(settings, ref)
    schemas = asyncio.run(_asked(context, old)) if asks else templates(old)
    if shows_diff:
        edits = migration_edits(settings, old, schemas, texts_as)
        show_diff(context, edits)
        context.console.say_line(f"{count(len(edits), 'file')} would be written. Nothing was checked or planned yet.")
        return DONE
    done = write_migration(settings, old, schemas, texts_as, context.today)
    written = [str(settings.root / path) for path in done.written]
    plan = done.plan
    context.console.result(migrated_view(ref, written, done.migration.left, plan.cost, plan.refusals))
    return DONE


async def _asked(context: "CommandContext", old: "OldProject") -> "dict[Ref, SchemaGuide]":
    """Ask the API, and say on stderr what it looked at."""
    from reconciler.app.migrate import ask_for_schemas, schemas_of
    from reconciler.cli.plan_flow import connect
    from reconciler.render.guide import looked_at

    async with connect(context) as opened:
        proposals = await ask_for_schemas(opened, context.settings, old)
    for ref, proposal in proposals.items():
        context.console.say_line(f"{ref}: {looked_at(proposal.images, proposal.total)}.")
    return schemas_of(proposals)
