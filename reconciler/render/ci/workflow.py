"""Problems as workflow commands of GitHub Actions, which the runner turns into annotations on the changed lines."""

import re
from collections.abc import Iterable

from reconciler.core.problem import Problem, in_order
from reconciler.core.text import count, visible

SHOWN = 10
"""Annotations of one kind that GitHub shows for a step; it drops the rest without a word."""

_OLD_COMMAND = re.compile(r"##(?=\w*\[)")


def problems_github(problems: Iterable[Problem]) -> str:
    """`::error file=manifests/lora.yaml,line=14,col=3,title=manifest-key::unknown key "caption_prefx" in Dataset`.

    Errors first, ten of a kind at most, and a notice that counts the others; empty if there is no problem.
    """
    ordered = in_order(problems)
    errors = [one for one in ordered if one.is_error]
    warnings = [one for one in ordered if not one.is_error]
    lines = [_annotation("error", one) for one in errors[:SHOWN]]
    lines += [_annotation("warning", one) for one in warnings[:SHOWN]]
    hidden = ((len(errors) - SHOWN, "error"), (len(warnings) - SHOWN, "warning"))
    more = " and ".join(count(number, f"more {noun}") for number, noun in hidden if number > 0)
    if more:
        lines.append(f"::notice title=reconciler::{more}: `reconciler validate` lists all of them")
    return "".join(f"{line}\n" for line in lines)


def command_data(text: str) -> str:
    """Text as the message of a command. It can neither end the line nor begin a command of the older form."""
    safe = _OLD_COMMAND.sub("#<U+0023>", visible(text, keep_newlines=True))
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """Text as a property of a command (`file`, `title`)."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def _annotation(kind: str, problem: Problem) -> str:
    place = problem.location
    found: list[tuple[str, str]] = [("file", place.path)]
    if place.line:
        found.append(("line", str(place.line)))
    if place.column:
        found.append(("col", str(place.column)))
    found.append(("title", problem.rule))
    properties = ",".join(f"{name}={command_property(value)}" for name, value in found)
    text = "\n".join(visible(part) for part in (problem.summary, problem.detail, problem.remedy) if part)
    return f"::{kind} {properties}::{command_data(text)}"
