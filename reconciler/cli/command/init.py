"""`reconciler init`."""

from typing import Literal

import click

from reconciler.cli.shared_options import Invocation, declare, pass_invocation


@declare("init", example="reconciler init\nreconciler init --root brand/manifests --images ../photos")
@click.option("--images", metavar="DIR", help="A folder with images that is there already, relative to the root.")
@click.option("--ci", type=click.Choice(("github", "gitlab")), help="Write the files by which CI runs it, too.")
@pass_invocation
def command(invocation: Invocation, images: str | None, ci: "Literal['github', 'gitlab'] | None") -> int:
    """Write a first set of manifests: a project, a dataset and a model, ready to be edited.

    A file that exists is never touched.
    """
    from reconciler.app.init import names_simulator, write_ci_files, write_first_manifests
    from reconciler.app.settings import root_of
    from reconciler.cli.context import open_console
    from reconciler.render.view import Line, say, screen

    console = open_console(invocation)
    root = root_of(invocation.given, invocation.environ)
    pipeline = None if ci is None else write_ci_files(root, ci)
    made = write_first_manifests(root, images, simulated=ci is None)
    lines = [Line(text=say(f"wrote {root / name}")) for name in made.written]
    lines += [Line(text=say(f"left as it is: {root / name}")) for name in made.kept]
    if pipeline is not None:
        lines += [Line(text=say(f"wrote {name}")) for name in pipeline.written]
        lines += [Line(text=say(f"left as it is: {name}")) for name in pipeline.kept]
    if pipeline is not None and names_simulator(root):
        place = root / "reconciler.yaml"
        lines.append(Line(text=say(f"Remove `endpoint: simulator` from {place}: with it, CI changes nothing at Bria.")))
    way = "Put images into the folder that the dataset names, edit the manifests, then run `reconciler validate`."
    console.result(screen(lines, [Line(text=say(way))]))
    return 0
