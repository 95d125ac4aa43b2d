"""`reconciler schema`."""

import click

from reconciler.cli.shared_options import Invocation, declare, pass_invocation


@declare("schema", example="reconciler schema > manifest.schema.json\nreconciler schema plan > plan.schema.json")
@click.argument("what", type=click.Choice(("manifest", "plan")), default="manifest")
@pass_invocation
def command(invocation: Invocation, what: str) -> int:
    """Print the JSON Schema of manifests, or that of plan files.

    Editors complete and check manifests with it; name it in the first line of one:
    `# yaml-language-server: $schema=manifest.schema.json`. That of plan files is for programs that read what
    `plan --format json` prints.
    """
    from reconciler.cli.context import open_console
    from reconciler.core.manifest.schema import manifest_schema
    from reconciler.core.planning.plan_file import plan_schema
    from reconciler.core.strictjson import dumps

    open_console(invocation).result_text(dumps(plan_schema() if what == "plan" else manifest_schema()))
    return 0
