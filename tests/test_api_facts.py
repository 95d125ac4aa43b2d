"""Every id of a fact, a fault, an invariant or a hostile input that this repository cites leads to an entry in one page."""

import re
from pathlib import Path

from reconciler.simulator import SWITCHES
from tests.test_packaging import texts

PAGE = "docs/api-facts.md"
LETTERS = "DUVFIH"
NUMBER = r"(?:(?<=V)1)?\d\d"  # only questions go beyond 99; D100 and its like are rules of a linter
CITED = re.compile(rf"\b([{LETTERS}])({NUMBER})\b(?:(?:-| to )\1({NUMBER})\b)?")
IN_A_NAME = re.compile(rf"(?<=_)([{LETTERS.lower()}])(\d\d)(?:_to_\1(\d\d))?(?=_)")
"""In the name of a test: `test_f02_to_f09_a_write_is_sent_once`."""
ENTRY = re.compile(rf"^\| ([{LETTERS}]\d\d\d?) \|", re.MULTILINE)
DATA = (".json", ".txt", ".jsonl")
"""Golden files and schemas hold digests, which may look like an id."""


def expanded(match: re.Match[str]) -> set[str]:
    """`F02 to F05` is four ids."""
    first, last = int(match[2]), int(match[3] or match[2])
    return {f"{match[1].upper()}{number:02}" for number in range(first, last + 1)}


def cited() -> dict[str, str]:
    """All ids that are cited, each with one of the places."""
    found: dict[str, str] = {}
    for name, text in texts().items():
        if name in {PAGE, str(Path(__file__).relative_to(Path(__file__).parents[1]))} or name.endswith(DATA):
            continue
        matches = [*CITED.finditer(text)]
        if name.startswith("tests/"):
            matches += [*IN_A_NAME.finditer(text)]
        for match in matches:
            found |= dict.fromkeys(expanded(match), name)
    return found


def entries() -> list[str]:
    return ENTRY.findall(texts()[PAGE])


def test_every_switch_stands_in_its_entry() -> None:
    """The simulator plays the other answers to a question: the entry says by which switch."""
    rows = {row.split(" | ")[0].removeprefix("| "): row for row in texts()[PAGE].splitlines()}
    for switch in SWITCHES.values():
        assert not switch.unknown or f"`{switch.name}`" in rows[switch.unknown]


def test_every_id_that_is_cited_has_an_entry() -> None:
    assert {id_: place for id_, place in cited().items() if id_ not in set(entries())} == {}


def test_every_entry_is_cited_or_a_switch() -> None:
    """Nothing is listed on which no code, test or document relies, and nothing twice."""
    listed = entries()
    switches = {switch.unknown for switch in SWITCHES.values()}
    assert len(listed) == len(set(listed))
    assert set(listed) - set(cited()) - switches == set()


def test_no_chapter_is_cited_that_is_not_in_this_repository() -> None:
    assert [name for name, text in texts().items() if "\N{SECTION SIGN}" in text] == []
