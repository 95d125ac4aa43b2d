"""The console script: answers `--version` by itself, and hands everything else to the command line."""

import os
import sys

from reconciler import __version__


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"reconciler {__version__}\n")
        sys.exit(0)
    _leave_the_tree()
    from reconciler.cli.entry import main as enter

    sys.exit(enter(sys.argv[1:]))


def _leave_the_tree() -> None:
    """Under `python -m`, forget the working folder: a `click.py` that lies in a tree must not be imported (H83)."""
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib is dear here
    if sys.path and sys.path[0] in {"", os.getcwd()} and os.getcwd() != home:  # noqa: PTH109
        del sys.path[0]


if __name__ == "__main__":
    main()
