"""Runs one command line: every way in which it can end becomes an exit code and a sentence, never a traceback."""

import os
import sys
from collections.abc import Mapping, Sequence

import click

from reconciler.cli.code import DONE, FAILED, USAGE
from reconciler.cli.root import root
from reconciler.cli.shared_options import Frame


def main(arguments: Sequence[str]) -> int:
    """For the console script: signals end the run as a Ctrl-C does, and the exit code says `failed`."""
    if not {"--help", "-h"} & set(arguments):
        _heed_signals()
    return run(arguments, os.environ)


def _heed_signals() -> None:
    """Being told to end is an interruption, not a death; imported here because `--help` needs none of it."""
    import signal

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: signal.raise_signal(signal.SIGINT))


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command line and return its exit code."""
    frame = Frame(environ=environ)
    try:
        code = root.main(args=list(arguments), prog_name="reconciler", standalone_mode=False, obj=frame)
    except click.ClickException as error:
        return _usage(error, arguments)
    except (click.Abort, KeyboardInterrupt):
        _complain("Interrupted.")
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, it ends in a sentence
        from reconciler.cli.failure import explain

        return explain(error, frame)
    return code if isinstance(code, int) else DONE


def _usage(error: click.ClickException, arguments: Sequence[str]) -> int:
    """Wrong usage: what is wrong, where help is; never the value of something that may be a secret."""
    if any(argument == "--token" or argument.startswith("--token=") for argument in arguments):
        _complain("There is no --token: other users of a machine can read command lines.")
        _complain("Give the token by BRIA_API_TOKEN, or name a file that holds it with BRIA_API_TOKEN_FILE.")
        return USAGE
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        sys.stderr.write(error.format_message() + "\n")
        return USAGE
    context = getattr(error, "ctx", None)
    _complain(error.format_message())
    path = context.command_path if context is not None else "reconciler"
    _complain(f"`{path} --help` says how it is used.")
    return USAGE


def _complain(text: str) -> None:
    from reconciler.cli.console import Console

    Console(os.environ).say_line(text)
