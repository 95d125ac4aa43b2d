"""Runs one command line. However it ends, there is an exit code and a sentence, never a traceback."""

import os
import sys
from collections.abc import Mapping, Sequence

import click

from reconciler.cli.command_table import root
from reconciler.cli.exit_codes import DONE, FAILED, USAGE
from reconciler.cli.shared_options import Invocation
from reconciler.cli.terminal_width import columns_of
from reconciler.core.text import quoted


def main(arguments: Sequence[str]) -> int:
    """For the console script: a signal ends the run as Ctrl-C does, with exit code 1."""
    if not {"--help", "-h"} & set(arguments):
        _treat_signals_as_interrupts()
    return run(arguments, os.environ)


def _treat_signals_as_interrupts() -> None:
    """Let signals to end raise KeyboardInterrupt, so that an apply stops in order and says what it did.

    A shell ignores SIGINT for what it starts in the background, and an ignored signal cannot be raised: so it gets its
    handler back. SIGHUP stays ignored where `nohup` asked for it.
    """
    import signal

    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda _number, _frame: signal.raise_signal(signal.SIGINT))


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command line and return its exit code."""
    invocation = Invocation(environ=environ)
    try:
        code = root.main(
            args=list(arguments),
            prog_name="reconciler",
            standalone_mode=False,
            obj=invocation,
            terminal_width=columns_of(sys.stdout, environ),
        )
    except click.ClickException as error:
        return _usage(error, arguments)
    except (click.Abort, KeyboardInterrupt):
        _say("Interrupted.")
        return FAILED
    except BrokenPipeError:
        # The reader of stdout is gone, as in `reconciler status | head`: the last flush must not fail as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, it ends in a sentence
        from reconciler.cli.failure import explain

        return explain(error, invocation)
    return code if isinstance(code, int) else DONE


def _usage(error: click.ClickException, arguments: Sequence[str]) -> int:
    """Say what is wrong and where help is. A value after --token is never repeated: it may be a secret."""
    if any(argument == "--token" or argument.startswith("--token=") for argument in arguments):
        _say("There is no --token: other users of a machine can read command lines.")
        _say("Give the token by BRIA_API_TOKEN, or name a file that holds it with BRIA_API_TOKEN_FILE.")
        return USAGE
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        sys.stderr.write(error.format_message() + "\n")
        return USAGE
    context = getattr(error, "ctx", None)
    _say(_described(error))
    path = context.command_path if context is not None else "reconciler"
    _say(f"`{path} --help` says how it is used.")
    return USAGE


def _described(error: click.ClickException) -> str:
    """What is wrong, with the command or option that was meant."""
    from reconciler.core.manifest.suggestion import nearest

    match error:
        case click.exceptions.NoSuchCommand(ctx=click.Context(command=click.Group() as group) as context):
            word, guess = error.command_name, nearest(error.command_name, group.list_commands(context))
            what = "command"
        case click.NoSuchOption(ctx=click.Context(command=command)):
            flags = (flag for parameter in command.params for flag in parameter.opts if flag.startswith("--"))
            names = {flag.removeprefix("--"): flag for flag in flags}
            word, guess = error.option_name, names.get(nearest(error.option_name.lstrip("-"), names) or "")
            what = "option"
        case _:
            return error.format_message()
    hint = "" if guess is None else f" Did you mean {guess}?"
    return f"There is no {what} {quoted(word, 60)}.{hint}"


def _say(text: str) -> None:
    from reconciler.cli.console import Console

    Console(os.environ).say_line(text)
