"""`reconciler schema`."""

import click

from reconciler.cli.shared_options import Invocation, declare, pass_invocation

_EXAMPLE = """\
reconciler schema > manifest.schema.json
reconciler schema overlay > overlay.schema.json
reconciler schema plan > plan.schema.json
"""


@declare("schema", example=_EXAMPLE)
@click.argument("what", type=click.Choice(("manifest", "overlay", "plan")), default="manifest")
@pass_invocation
def command(invocation: Invocation, what: str) -> int:
    """Print the JSON Schema of manifests, of overlays, or of plan files.

    Editors complete and check manifests with it; name it in the first line of one:
    `# yaml-language-server: $schema=manifest.schema.json`. That of plan files is for programs that read what
    `plan --format json` prints.
    """
    from reconciler.cli.context import open_console
    from reconciler.core.manifest.schema import manifest_schema, overlay_schema
    from reconciler.core.planning.plan_file import plan_schema
    from reconciler.core.strictjson import dumps

    made = {"manifest": manifest_schema, "overlay": overlay_schema, "plan": plan_schema}[what]()
    open_console(invocation).result_text(dumps(made))
    return 0
