"""`reconciler captions`."""

import click

from reconciler.cli.shared_options import Group

TABLE = {"pull": ("reconciler.cli.command.captions_pull", "Write live captions into git's files.")}


@click.group("captions", cls=Group, table=TABLE, example="reconciler captions pull lora-poses")
def command() -> None:
    """Bring live captions into git, so that people can review them."""
