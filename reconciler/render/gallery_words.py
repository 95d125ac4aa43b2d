"""A gallery in words: its versions, whether they are approved, what was asked for, and what to do about what is not there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from reconciler.core.gallery import CaseState
from reconciler.core.strictjson import Value
from reconciler.core.text import count, in_words
from reconciler.core.value import dataclass
from reconciler.gallery.approval import Approved, Standing
from reconciler.gallery.comparison import ComparedColumn, Comparison
from reconciler.gallery.refusal import void_words
from reconciler.render.words import abridged, megabytes, short

_TYPES: Final = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WebP", "image/svg+xml": "SVG"}
_TYPE_LIMIT: Final = 60
_MOST_VERSIONS: Final = 3
"""Versions that a command names; where there are more, whoever reads it has to choose."""


def version_words(one: ComparedColumn) -> str:
    """`v2 (a51be07)`, or the fingerprint alone where no record says a number."""
    known = short(one.column.fingerprint)
    return known if one.number is None else f"v{one.number} ({known})"


def standing_words(one: Standing | None) -> str:
    """Whether a version is approved, and if an approval does not count, why; empty where that is not asked."""
    if one is None:
        return ""
    match one.approved:
        case Approved.YES:
            return "approved"
        case Approved.DAMAGED:
            return f"not approved: its approval file {one.reason}"
        case Approved.VOID:
            return f"approval void: {void_words(one.void)}"
        case Approved.INCOMPLETE | Approved.WITHOUT:
            return "not approved"


def value_words(value: Value) -> str:
    """A recorded value as a person reads it; of a picture the first digits of its digest."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case {"sha256": str(digest)}:
            return f"picture {digest[:8]}"
        case {"address_sha256": str(digest)}:
            return f"picture at an address ({digest[:8]})"
        case list():
            return in_words([value_words(one) for one in value], "and") if value else "nothing"
        case dict():
            return ", ".join(f"{name} {value_words(one)}" for name, one in value.items())
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def facts_words(record: Mapping[str, Value]) -> str:
    file = record.get("file")
    if not isinstance(file, dict):
        return ""
    width, height, size = (file.get(name) for name in ("width", "height", "size"))
    sides = f"{width} x {height} " if isinstance(width, int) and isinstance(height, int) else ""
    kind = file.get("type")
    named = _TYPES.get(kind, abridged(kind, _TYPE_LIMIT)) if isinstance(kind, str) else ""
    weight = f", {megabytes(size)}" if isinstance(size, int) else ""
    return f"{sides}{named}{weight}".strip(", ")


def state_words(numbers: Mapping[CaseState, int]) -> Sequence[str]:
    """`5 present`, `1 missing`; what there is none of is left out."""
    return [f"{number:,} {state.value}" for state, number in numbers.items() if number]


def verdict_words(comparison: Comparison) -> str:
    """`6 cases in 2 versions: 11 present, 1 missing.`"""
    places = range(len(comparison.columns))
    numbers = {state: sum(comparison.number_of(state, at) for at in places) for state in CaseState}
    versions = len({one.column.fingerprint for one in comparison.columns})
    more = f" ({count(len(places), 'column')})" if len(places) > versions else ""
    what = f"{count(len(comparison.cases), 'case')} in {count(versions, 'version')}{more}"
    if places and comparison.is_whole:
        return f"{what}: all present."
    return f"{what}: {', '.join(state_words(numbers)) or 'nothing to compare'}."


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOn:
    """What to do about one state: its word, a sentence, and the cells that are in it, as places of a row and of a column."""

    state: str
    words: str
    places: tuple[tuple[int, int], ...] = ()


def ways_on(comparison: Comparison) -> list[WayOn]:
    """What to do about each state that is there, once for all cells that are in it."""
    steps = {
        CaseState.MISSING: f"{run_command(comparison, CaseState.MISSING)} draws what is missing.",
        CaseState.STALE: "The case was defined differently when this was drawn. "
        f"{run_command(comparison, CaseState.STALE, '--refresh')} draws it again.",
        CaseState.UNKNOWN: "A request was about to be sent, and nobody knows what became of it. "
        f"{run_command(comparison, CaseState.UNKNOWN)} takes up what costs nothing; with `--again CASE` it asks once more, and may pay twice.",
        CaseState.DAMAGED: "Bring the picture and its JSON back with git, or pay for another one: "
        f"{run_command(comparison, CaseState.DAMAGED, '--again CASE')}.",
    }
    places = [((row, place), cell) for row, one in enumerate(comparison.cases) for place, cell in enumerate(one.cells)]
    found = [
        WayOn(state=state.value, words=words, places=tuple(place for place, cell in places if cell.state is state))
        for state, words in steps.items()
    ]
    elsewhere = tuple(place for place, cell in places if not cell.has_content)
    words = "The picture lies in Git LFS and is not here: `git lfs pull` fetches it."
    found.append(WayOn(state="no content", words=words, places=elsewhere))
    return [*(one for one in found if one.places), *_to_approve(comparison)]


def run_command(comparison: Comparison, state: CaseState, *flags: str) -> str:
    """`reconciler gallery run looks --version a51be07aa9c13`, in code quotes: the versions in which a case is in this state.

    Without a version the one that programs use would draw, and leave the others as they are.
    """
    columns = enumerate(comparison.columns)
    found = dict.fromkeys(one.column.fingerprint for place, one in columns if comparison.number_of(state, place))
    versions = found if len(found) <= _MOST_VERSIONS else ("FINGERPRINT",)
    words = ("reconciler gallery run", comparison.gallery.name, *(f"--version {one}" for one in versions), *flags)
    return f"`{' '.join(words)}`"


def _to_approve(comparison: Comparison) -> Iterator[WayOn]:
    waiting = dict.fromkeys(
        one.column.fingerprint
        for one in comparison.columns
        if one.standing is not None and not one.standing.may_be_named
    )
    if waiting:
        whose = next(iter(waiting)) if len(waiting) == 1 else "FINGERPRINT"
        command = f"`reconciler gallery approve {comparison.gallery.name} {whose}`"
        yield WayOn(state="not approved", words=f"Look at each case once all are there, then record it: {command}.")
