"""`reconciler version`."""

import click

from reconciler import __version__
from reconciler.cli.shared_options import declare


@declare("version", example="reconciler version")
def command() -> int:
    """Print the version of this program."""
    click.echo(f"reconciler {__version__}")
    return 0
