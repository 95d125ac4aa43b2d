"""What all commands share: options that may stand before or after the name of the command, and lazy loading."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from reconciler.core.tier import CALLS_A_MINUTE

_SHARED = "Options of every command (or RECONCILER_ROOT and so on)"


class Invocation:
    """One call of the program: the shared options that were given, and the environment.

    It is no dataclass, because importing and making one would slow `--help` down.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.given: dict[str, object] = {}


def keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Remember a shared option. One after the name of the command wins over one before it."""
    if value is not None and parameter.name is not None:
        context.find_object(Invocation).given[parameter.name] = value  # type: ignore[union-attr]


def _keep_verbosity(context: click.Context, parameter: click.Parameter, value: int) -> None:
    if value:
        keep(context, parameter, value)


def shared_options() -> list[click.Parameter]:
    """Fresh copies of the options that every command takes."""
    kept: dict[str, Any] = {"expose_value": False, "callback": keep}
    return [
        click.Option(
            ["--root"],
            metavar="DIR",
            type=click.Path(),
            is_eager=True,  # read before any object that is named, which is looked for there
            help="Folder of the manifests. [manifests]",
            **kept,
        ),
        click.Option(
            ["--overlay"],
            metavar="NAME",
            help="What one account has different: a file of overlays/ in the root.",
            **kept,
        ),
        click.Option(
            ["--endpoint"],
            metavar="WHERE",
            help="An API address, `simulator`, or `simulator:FILE` to keep its world. [the vendor's API]",
            **kept,
        ),
        click.Option(
            ["--tier"], type=click.Choice(tuple(CALLS_A_MINUTE)), help="The account's rate limit. [free_trial]", **kept
        ),
        click.Option(["--concurrency"], metavar="N", help="Requests at the same time. [4]", **kept),
        click.Option(["--settle"], metavar="SECONDS", help="How long the API's lists may lag behind. [15]", **kept),
        click.Option(
            ["--patience"], metavar="SECONDS", help="How long to wait for a network or host that is away. [20]", **kept
        ),
        click.Option(["--color"], type=click.Choice(("auto", "always", "never")), help="Colour. [auto]", **kept),
        click.Option(
            ["-v", "--verbose", "verbose"],
            count=True,
            help="Say more on stderr; twice: every request.",
            expose_value=False,
            callback=_keep_verbosity,
        ),
    ]


class Command(click.Command):
    """A command. Its help has the shared options in a section of their own, and an example at the end."""

    def __init__(self, *args: Any, example: str, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.example = example
        self._own = len(self.params)
        self.params.extend(shared_options())

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The command's own options first, then the shared ones."""
        shared = {id(param) for param in self.params[self._own :]}
        records = [(id(param) in shared, record) for param in self.get_params(ctx) if (record := _record(param, ctx))]
        with formatter.section("Options"):
            formatter.write_dl([record for is_shared, record in records if not is_shared])
        with formatter.section(_SHARED):
            formatter.write_dl([record for is_shared, record in records if is_shared])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example, as it is typed."""
        with formatter.section("Example"):
            for line in self.example.splitlines():
                formatter.write(f"{' ' * formatter.current_indent}{line}\n")


def _record(parameter: click.Parameter, context: click.Context) -> tuple[str, str] | None:
    """The line of an option in the help: what it does, whether it may be repeated, and its default in brackets.

    None for an argument: the first line of the help has it, and the text below says what it is.
    """
    record = parameter.get_help_record(context)
    if record is None or not isinstance(parameter, click.Option):
        return None
    text, extra = parameter.help or "", parameter.get_help_extra(context)
    if parameter.multiple:
        said, bracket, default = text.partition(" [")
        text = f"{said.removesuffix('.')}; may be repeated.{bracket}{default}"
    told = "required" if extra.get("required") else extra.get("default")
    return record[0], f"{text} [{told}]" if told else text


class Group(click.Group):
    """Commands that are imported only when they are used. Their help lines come from a table."""

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], example: str, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._table = table
        self.example = example
        self.params.extend(shared_options())

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table, which is the order in which people need them."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command: `package.module`, which holds it as `command`, or `package.module:name`."""
        if cmd_name not in self._table:
            return None
        from importlib import import_module

        module, _, name = self._table[cmd_name][0].partition(":")
        found = getattr(import_module(module), name or "command")
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._table.items()])

    format_epilog = Command.format_epilog


def declare(name: str, *, example: str) -> Callable[[Callable[..., int]], Command]:
    """Declare a command. The function's docstring is its help."""
    return click.command(name, cls=Command, example=example)


pass_invocation = click.make_pass_decorator(Invocation)
