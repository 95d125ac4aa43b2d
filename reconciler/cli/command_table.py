"""The `reconciler` command: its commands in a table, none of them imported until it is used."""

import click

from reconciler import __version__
from reconciler.cli.shared_options import Group

_HERE = "reconciler.cli.command"

COMMANDS = {
    "init": (f"{_HERE}.init", "Write a first set of manifests to start from."),
    "validate": (f"{_HERE}.validate", "Check manifests, images and captions; nothing is sent."),
    "doctor": (f"{_HERE}.doctor", "Look closely at images and captions; nothing is sent."),
    "plan": (f"{_HERE}.plan", "Show what apply would do, and what it costs."),
    "show": (f"{_HERE}.show", "Show a saved plan."),
    "apply": (f"{_HERE}.apply", "Make the live side what the manifests say."),
    "wait": (f"{_HERE}.wait", "Wait until models are trained."),
    "drift": (f"{_HERE}.drift", "Show what differs from git, and who changed it; nothing is changed."),
    "status": (f"{_HERE}.status", "Show what is live beside what git declares."),
    "history": (f"{_HERE}.history", "Show the versions of an object."),
    "diff": (f"{_HERE}.diff", "Compare two versions of an object."),
    "output": (f"{_HERE}.output", "Print the live models of each manifest, for programs."),
    "captions": (f"{_HERE}.captions", "Bring live captions into git."),
    "guide": (f"{_HERE}.guide", "Let the API propose a caption_prefix or a visual_schema."),
    "prefix": (f"{_HERE}.guide", "Another name of `guide`."),
    "generate": (f"{_HERE}.generate", "Let a model draw, and keep what it drew."),
    "gallery": (f"{_HERE}.gallery", "Let versions of a model draw the same cases, and compare them."),
    "download": (f"{_HERE}.download", "Fetch the file of a trained model or of a dataset of archives."),
    "export": (f"{_HERE}.export", "Show a whole account, or write manifests of what is live."),
    "adopt": (f"{_HERE}.adopt", "Take what people made by hand for a version of a manifest."),
    "migrate": (f"{_HERE}.migrate", "Declare a project once more in the schema family."),
    "mv": (f"{_HERE}.mv", "Give an object or a gallery another name in git."),
    "destroy": (f"{_HERE}.destroy", "Delete all that the manifests declare: undo a trial."),
    "simulate": (f"{_HERE}.simulate", "Serve a simulated API on this machine."),
    "schema": (f"{_HERE}.schema", "Print the JSON Schema of manifests, overlays or plan files."),
    "version": (f"{_HERE}.version", "Print the version."),
}

_EXAMPLE = """\
reconciler init
reconciler plan
reconciler apply
"""


@click.group(
    "reconciler",
    cls=Group,
    table=COMMANDS,
    example=_EXAMPLE,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="reconciler %(version)s")
def root() -> None:
    """Keep image-model fine-tunes on Bria's Tailored Generation in git.

    Manifests say which projects, datasets and models shall exist; `plan` shows what would change and what it costs,
    `apply` does it. The token comes from BRIA_API_TOKEN or BRIA_API_TOKEN_FILE, and from nowhere else.
    """
