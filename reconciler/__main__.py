"""The console script: answers `--version` by itself, and hands everything else to the command line."""

import gc
import os
import sys
from types import ModuleType

from reconciler import __version__

COLLECT_AFTER = 300_000
"""Objects that are built before Python looks for garbage: more than are imported. Without this, it looks after 700."""


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"reconciler {__version__}\n")
        sys.exit(0)
    _leave_the_tree()
    # The library that checks types would look for extensions of itself in all that is installed, and run them.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    sys.modules.setdefault(_LOADER, _NoExtensions(_LOADER))
    # What a command reads and plans, it keeps until it ends: there is hardly any garbage to look for. `apply` looks as usual.
    gc.set_threshold(COLLECT_AFTER, 10, 10)
    from reconciler.cli.entry import main as enter

    code = enter(sys.argv[1:])
    gc.freeze()  # Python would look through everything once more while it ends
    sys.exit(code)


_LOADER = "pydantic.plugin._loader"


class _NoExtensions(ModuleType):
    """Stands for the module that looks for extensions, which there are none of. It imports the library of packages and of mail."""

    @staticmethod
    def get_plugins() -> tuple[()]:
        """None."""
        return ()

    def __getattr__(self, name: str) -> object:
        """Whatever else another release may ask for, the real module has. Python itself asks whether this is a package."""
        if name.startswith("__"):
            raise AttributeError(name)
        from importlib import import_module

        del sys.modules[_LOADER]
        return getattr(import_module(_LOADER), name)


def _leave_the_tree() -> None:
    """Under `python -m`, forget the working folder: a `click.py` that lies in a tree must not be imported (H83)."""
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib is dear here
    if sys.path and sys.path[0] in {"", os.getcwd()} and os.getcwd() != home:  # noqa: PTH109
        del sys.path[0]


if __name__ == "__main__":
    main()
