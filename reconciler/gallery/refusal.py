"""Why a guarded alias may not name a version, and what to do about it, in order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.core.gallery import CaseState, DesiredGallery
from reconciler.core.look.unknown_alias import FETCH, History
from reconciler.core.refusal import Refusal
from reconciler.core.text import in_words, quoted
from reconciler.core.value import dataclass
from reconciler.gallery.approval import Approved, Differs, Standing, approval_file
from reconciler.gallery.promotion import Guard, Move

RULE = "promotion"
MOST_NAMED = 8
"""Cases that a line names one by one."""

_DIFFERS = {
    Differs.NEW: "{} is not in it",
    Differs.DEFINITION: "{} is defined otherwise",
    Differs.PICTURE: "{} has another picture",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a version stands before one guard; `standing` is None where the gallery of the guard is not declared."""

    guard: Guard
    standing: Standing | None

    @property
    def allows(self) -> bool:
        return self.standing is not None and self.standing.may_be_named


def not_named(move: Move, fits: Sequence[str]) -> Refusal:
    """For a target that stands for no one version: a number, or digits that fit several."""
    if fits:
        summary = f"{_alias(move)} names {quoted(move.target)}, and that fits {in_words(fits, 'and')}"
        way = "Write all characters of the one that is meant."
    else:
        summary = f"{_alias(move)} names {quoted(move.target)}, and that is no fingerprint"
        way = f"Copy a fingerprint from `reconciler history {move.ref}`."
    return Refusal(rule=RULE, ref=move.ref, summary=summary, remedies=(way, *_former(move.guards)))


def not_approved(
    move: Move, fingerprint: str, judged: Iterable[Judged], *, root: str, history: History, has_base: bool
) -> Refusal:
    """For a version that is not complete and approved. `root` is the manifest folder as a person reads it."""
    failed = [one for one in judged if not one.allows]
    ways: dict[str, None] = {}
    for one in failed:
        ways |= dict.fromkeys(_ways(one, fingerprint, root))
    ways |= dict.fromkeys(_former(one.guard for one in failed))
    if history is History.PART:
        ways[f"If the alias named this version before: {FETCH}."] = None
    if not has_base:
        ways[f"What has nothing to do with {move.ref} goes on without it: `--exclude {move.ref}`."] = None
    return Refusal(
        rule=RULE,
        ref=move.ref,
        summary=f"{_alias(move)} may not name {fingerprint}: {'; '.join(dict.fromkeys(map(why_not, failed)))}",
        remedies=tuple(ways),
    )


def why_not(one: Judged) -> str:
    """A clause: what is not there, or not approved."""
    if one.standing is None or one.guard.gallery is None:
        return f"gallery/{one.guard.missing}, which guards it, is not declared"
    gallery, standing = one.guard.gallery, one.standing
    match standing.approved:
        case Approved.INCOMPLETE:
            return f"{gallery} is not complete ({incomplete_words(standing.incomplete)})"
        case Approved.DAMAGED:
            return f"{approval_file(gallery.folder, standing.fingerprint)} {standing.reason}"
        case Approved.VOID:
            return f"its approval in {gallery} is void ({void_words(standing.void)})"
        case _:
            return f"nobody has approved it in {gallery}"


def incomplete_words(incomplete: Mapping[str, CaseState]) -> str:
    """`missing: waving, reading; stale: sitting`."""
    rows = ((state, [name for name, found in incomplete.items() if found is state]) for state in CaseState)
    return "; ".join(f"{state.value}: {listed(names)}" for state, names in rows if names)


def void_words(void: Mapping[str, Differs]) -> str:
    """`waving has another picture, sitting is defined otherwise`."""
    return listed([_DIFFERS[why].format(name) for name, why in void.items()])


def listed(words: Sequence[str]) -> str:
    """`a, b, c and 2 more`."""
    more = len(words) - MOST_NAMED
    return ", ".join(words[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _alias(move: Move) -> str:
    return f"the guarded alias {move.alias}"


def _ways(one: Judged, fingerprint: str, root: str) -> Iterator[str]:
    """Commands in the order in which they are run."""
    gallery = one.guard.gallery
    if one.standing is None or gallery is None:
        return
    if one.standing.incomplete:
        yield from draw_ways(gallery, fingerprint, one.standing.incomplete, root)
    yield f"Look at it: `reconciler gallery report {gallery.name}`."
    yield f"Say that you did: `reconciler gallery approve {gallery.name} {fingerprint}`."
    folder = f"{root}/{gallery.folder}"
    yield f"Commit {folder}/{fingerprint}/ and {root}/{approval_file(gallery.folder, fingerprint)}."


def draw_ways(
    gallery: DesiredGallery, fingerprint: str, incomplete: Mapping[str, CaseState], root: str
) -> Iterator[str]:
    """What makes a gallery complete for a version, in order."""
    of = {state: [name for name, found in incomplete.items() if found is state] for state in CaseState}
    if of[CaseState.DAMAGED]:
        files = f"{root}/{gallery.folder}/{fingerprint}/"
        yield f"If git holds the files of {listed(of[CaseState.DAMAGED])} in {files} undamaged, restore them: then nothing is drawn."
    lost = [*of[CaseState.UNKNOWN], *of[CaseState.DAMAGED]]
    refresh = " --refresh" if of[CaseState.STALE] else ""
    again = " ".join(f"--again {name}" for name in lost)
    aside = f" What is lost after that, too, is paid for once more with `{again}`." if lost else ""
    yield f"Draw it: `reconciler gallery run {gallery.name} --version {fingerprint}{refresh}`.{aside}"


def _former(guards: Iterable[Guard]) -> Iterator[str]:
    if any(guard.is_former for guard in guards):
        yield "The guard of the base counts, too: merge what changes it first, and move the alias in a request of its own."
