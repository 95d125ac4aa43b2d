"""`reconciler gallery`: a group. Each of its commands is a module of its own."""

import click

from reconciler.cli.shared_options import Group

_HERE = "reconciler.cli.command"

TABLE = {
    "run": (f"{_HERE}.gallery_run", "Draw the cases that are not there yet; each costs."),
    "status": (f"{_HERE}.gallery_status", "Show what is there of each gallery; nothing is sent."),
    "report": (f"{_HERE}.gallery_report", "Write a page that shows versions side by side; nothing is sent."),
    "approve": (f"{_HERE}.gallery_approve", "Record that somebody looked at what a version draws; nothing is sent."),
}


@click.group("gallery", cls=Group, table=TABLE, example="reconciler gallery status")
def command() -> None:
    """Let each version of a model draw the same cases, and compare what it drew."""
