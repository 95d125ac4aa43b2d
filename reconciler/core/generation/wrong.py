"""What is wrong with an order: a clause, and the flag that it is about, so that a file can be shown the place."""

from collections.abc import Callable
from typing import Final

from reconciler.core.text import quoted
from reconciler.core.value import dataclass

Say = Callable[[str], str]
"""How a flag is called where a person wrote it: `--aspect-ratio` on the command line, `aspect_ratio` in a manifest."""

_KEYS: Final = {
    "guide": "guidance",
    "image-prompt-mode": "image_prompt.mode",
    "image-prompt-scale": "image_prompt.scale",
    "structure-influence": "structure.influence",
    "id-strength": "person.id_strength",
    "slow": "fast: false",
    "fast": "fast: true",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One fact about a flag."""

    flag: str
    words: str


def as_option(flag: str) -> str:
    """As the command line has it."""
    return f"--{flag}"


def as_key(flag: str) -> str:
    """As a case of a gallery has it: `"image_prompt.mode"`, `"kind: portrait"`."""
    if flag == "checkpoint":  # which is no key of a case, but a column
        return "a checkpoint"
    name, _, value = flag.partition(" ")
    return quoted(f"{_key(name)}: {value}" if value else _key(name))


def steps_of(flag: str) -> tuple[str, ...]:
    """The steps from a case to the value of a flag."""
    return tuple(_key(flag).partition(":")[0].split("."))


def _key(flag: str) -> str:
    return _KEYS.get(flag, flag.replace("-", "_"))
