"""Commands that the tool advises: each is one that there is, and says which tree and which account are meant."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import reconciler
from reconciler.cli.advice import Advice
from reconciler.cli.command_table import root as program
from reconciler.render.text import render_text
from reconciler.render.view import Figure, Figures, Item, Items, Line, Paragraph, Role, Row, Span, say, screen
from tests.cli.conftest import Cli, commit_all, edit, flat

PACKAGE = Path(reconciler.__file__).parent
OTHER = Advice({"root": "my brand/", "overlay": "staging", "endpoint": "https://api.example"})
MORE = "--root 'my brand/' --overlay staging --endpoint https://api.example"


def _constants(tree: ast.AST) -> Iterator[str]:
    """Texts of a module but its docstrings; what a text is filled with is left open as `{}`."""
    notes = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.JoinedStr)
    }
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in notes | parts:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)


def advised() -> dict[str, str]:
    """Every command in backticks, with a file that advises it."""
    return {
        command: path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*.py"))
        for text in _constants(ast.parse(path.read_text()))
        for command in re.findall(r"`(reconciler [a-z][^`]*)`", text)
    }


def test_every_command_that_is_advised_is_one_that_there_is() -> None:
    """With options that it takes."""
    found = advised()
    assert len(found) >= 40
    for command, place in found.items():
        words = command.replace("{}", " {} ").split()[1:]
        group: click.Command = program
        with click.Context(group) as context:
            while words and isinstance(group, click.Group):
                name = words.pop(0)
                below = group.get_command(context, name)
                assert below is not None, f"{place}: {command}"
                group = below
            known = {flag for parameter in group.get_params(context) for flag in parameter.opts}
        flags = {word for word in words if word.startswith("--")}
        assert flags <= known, f"{place}: {command}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Run `reconciler plan`.", f"Run `reconciler plan {MORE}`."),
        (
            "`reconciler plan --overlay brand`",
            "`reconciler plan --overlay brand --root 'my brand/' --endpoint https://api.example`",
        ),
        ("`reconciler plan --base REV`", "`reconciler plan --base REV --root 'my brand/' --overlay staging`"),
        ("`reconciler plan --base REV --live`", f"`reconciler plan --base REV --live {MORE}`"),
        ("`reconciler doctor` says it.", "`reconciler doctor --root 'my brand/' --overlay staging` says it."),
        ("`reconciler gallery report x`", "`reconciler gallery report x --root 'my brand/' --overlay staging`"),
        ("`reconciler gallery run x`", f"`reconciler gallery run x {MORE}`"),
        ("`reconciler plan --help` says it.", "`reconciler plan --help` says it."),
        ("`reconciler --help`, `git pull` and reconciler plan", "`reconciler --help`, `git pull` and reconciler plan"),
    ],
)
def test_a_command_gets_what_it_lacks(text: str, told: str) -> None:
    """Once: what was completed stays as it is."""
    assert OTHER.sentence(text) == told
    assert OTHER.sentence(told) == told
    assert Advice({}).sentence(text) == text


def test_a_screen_is_completed_in_what_the_tool_says() -> None:
    """What people wrote stays as they wrote it."""
    ours, own = say("`reconciler plan`"), say("`reconciler plan`", Role.COME)
    told = say(f"`reconciler plan {MORE}`")
    figures = Figures(figures=(Figure(label="calls", text=ours),))
    view = screen(
        [Line(text=ours), Paragraph(lead=ours, rest=(ours, (*ours, *own))), figures],
        [Items(items=(Item(sign=None, name="x", text=ours, rows=(Row(text=ours), Row(text=ours, sign=Role.CREATE))),))],
    )
    assert OTHER.view(view) == screen(
        [Line(text=told), Paragraph(lead=told, rest=(told, (*ours, Span("`reconciler plan`", Role.COME)))), figures],
        [Items(items=(Item(sign=None, name="x", text=told, rows=(Row(text=told), Row(text=ours, sign=Role.CREATE))),))],
    )
    assert Advice({}).view(view) is view


def test_problems_and_their_formats_say_which_tree(tree: Path, cli: Cli) -> None:
    """On the screen and in JSON."""
    for path in (tree / "manifests/images").glob("*.txt"):
        path.unlink()
    assert "`reconciler captions pull`" in flat(cli("validate").err)
    (tree / "manifests").rename(tree / "other")
    assert "`reconciler captions pull --root other`" in flat(cli("validate", "--root", "other").err)
    (problem,) = json.loads(cli("validate", "--root", "other", "--format", "json").out)["problems"]
    assert "`reconciler captions pull --root other`" in problem["remedy"]
    assert "`reconciler captions pull --root other`" in cli("doctor", "--root", "other", "--format", "json").out


def test_a_plan_says_which_tree_in_each_format_but_its_file(tree: Path, cli: Cli) -> None:
    """The bytes of a plan file must not depend on how somebody named the folder."""
    edit(
        tree / "manifests/model.yaml",
        "  training_version: max\n",
        "  training_version: max\n  aliases: {production: a51be07}\n",
    )
    commit_all()
    (tree / "manifests").rename(tree / "other")
    way = "`reconciler history model/lora-max --root other`"
    ran = cli("plan", "--root", "other", "--out", "plan.json")
    assert way in flat(ran.out)
    assert "`reconciler apply --root other` refuses this plan" in flat(ran.out)
    assert "--root" not in (tree / "plan.json").read_text()
    assert way in cli("show", "plan.json", "--format", "markdown", "--root", "other").out
    assert way in flat(cli("show", "plan.json", "--root", "other").out)
    assert way in cli("show", "plan.json", "--format", "report", "--root", "other").out
    assert way.strip("`") in cli("show", "plan.json", "--format", "html", "--root", "other").out
    digest = json.loads((tree / "plan.json").read_text())["digest"]
    assert digest in cli("show", "plan.json", "--format", "report", "--root", "other").out


def test_a_command_is_not_broken_where_a_line_can_hold_it() -> None:
    """People copy it, and a line break would end it."""
    text = "Put images into the folder, then run (`reconciler validate --root other`)."
    assert render_text(screen([Line(text=say(text))]), width=60) == (
        "Put images into the folder, then run\n(`reconciler validate --root other`).\n"
    )
    long = render_text(screen([Line(text=say(f"`reconciler apply {'--target model/x ' * 9}`"))]), width=60)
    assert all(len(line) <= 60 for line in long.splitlines())
    assert render_text(screen([Line(text=say("a ` b"))]), width=60) == "a ` b\n"
