"""`reconciler schema`."""

from reconciler.cli.frame import Frame, pass_frame
from reconciler.cli.frame import command as declare


@declare("schema", example="reconciler schema > manifest.schema.json")
@pass_frame
def command(frame: Frame) -> int:
    """Print the JSON Schema of manifests.

    Editors complete and check with it; name it in the first line of a manifest:
    `# yaml-language-server: $schema=manifest.schema.json`.
    """
    import json

    from reconciler.cli.context import open_console
    from reconciler.core.declare.schema import manifest_schema

    open_console(frame).result_text(json.dumps(manifest_schema(), indent=2) + "\n")
    return 0
