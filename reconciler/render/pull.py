"""What `captions pull` did: what was written, what stays, what has to be chosen, and how the manifest declares it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.core.look.caption_merge import MergeOutcome
from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.render.difference import Wording
from reconciler.render.view import Block, Item, Items, Line, Paragraph, Role, View, folded, say, screen
from reconciler.render.words import difference, quoted_text, short

FOLD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRow:
    """The caption of one image: what git and the live side said before, and what came of it."""

    name: str
    outcome: MergeOutcome
    ours: str | None
    theirs: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """All captions of a dataset.

    `origin` is the live version's name. `unfit` has live captions that no file can hold, by image. `since` is the commit that
    both sides come from, and `doubt` says why none was found; both are empty if nothing was asked. `declaration` says what the
    manifest needs, or what was changed in it. Where nothing `is_written`, it says what would be.
    """

    rows: Sequence[PullRow]
    origin: str
    unfit: Mapping[str, str]
    since: str = ""
    doubt: str = ""
    declaration: str = ""
    is_written: bool = True

    def of(self, outcome: MergeOutcome) -> list[PullRow]:
        """The rows with this outcome, where the live side says something."""
        return [row for row in self.rows if row.outcome is outcome and row.theirs is not None]


def pull_view(report: PullReport) -> View:
    """A section for each outcome."""
    agreed = len(report.of(MergeOutcome.SAME))
    missing = sum(row.theirs is None for row in report.rows) - len(report.unfit)
    return screen(
        _written(report),
        [Line(text=say(f"{count(agreed, 'caption')} in git already."))] if agreed else [],
        [Line(text=say(f"{count(missing, 'image')} without a live caption."))] if missing else [],
        _unfit(report.unfit),
        _kept(report),
        _conflicts(report),
        _uncommitted(report),
        [Line(text=say(report.declaration))] if report.declaration else [],
    )


def declaration_words(
    place: str, text: str, *, is_new: bool, is_made: bool, is_settled: bool, is_written: bool = True
) -> str:
    """What the manifest needs so that what was pulled counts, or what was changed in it."""
    if is_made:
        return f"Changed {place}: `{text}`." if is_written else f"{place} would say `{text}`."
    if not is_settled:
        return f"Once that is settled, {place} has to say `{text}`."
    if is_new:
        return f"Now add one line, as {place}: `{text}`; or let `--write` do it."
    return f"Now change one line, at {place}: `{text}`; or let `--write` do it."


def by_hand_words(place: str) -> str:
    """The same for a file that no program can change."""
    return f"Now change the manifest by hand, at {place}: `captions: {{source: sidecar}}`."


def _written(report: PullReport) -> Iterator[Block]:
    rows = report.of(MergeOutcome.TAKEN)
    verb = "written" if report.is_written else "would be written"
    what = f"{count(len(rows), 'caption')} {verb}" if rows else "Nothing to write"
    yield Line(text=(*say(f"{what} from "), *quoted_text(report.origin), *say(".")))
    yield from _folded(_item(row.name, row.ours, row.theirs) for row in rows)


def _folded(items: Iterable[Item]) -> Iterator[Block]:
    """A list of which nothing has to be chosen, so that the first of it are enough."""
    items = tuple(items)
    shown, hidden = folded(len(items), FOLD)
    if items:
        yield Items(items=items[:shown], indent=2)
    if hidden:
        yield Line(text=say(f"  … and {hidden:,} more", Role.QUIET))


def _unfit(captions: Mapping[str, str]) -> Iterator[Block]:
    if captions:
        number = len(captions)
        lead = f"{count(number, 'live caption')} {'is' if number == 1 else 'are'} no JSON object: left alone."
        way = "Write a caption into git, and let the next apply write it to the live side."
        items = (
            Item(sign=Role.UNCHANGED, name=name, text=quoted_text(text)) for name, text in sorted(captions.items())
        )
        yield Paragraph(lead=say(lead, Role.REFUSED), rest=(say(way),))
        yield Items(items=tuple(items), indent=2)


def _kept(report: PullReport) -> Iterator[Block]:
    """What git says and the live side does not yet. The differences are those that the next apply makes."""
    if rows := report.of(MergeOutcome.KEPT):
        verb = "stays" if len(rows) == 1 else "stay"
        yield Line(
            text=say(f"{count(len(rows), 'caption')} {verb} as git has it. The next apply writes it to the live side.")
        )
        yield from _folded(_item(row.name, row.theirs, row.ours) for row in rows)


def _conflicts(report: PullReport) -> Iterator[Block]:
    if rows := report.of(MergeOutcome.CONFLICT):
        number = len(rows)
        if report.since:
            since = short(report.since)
            lead = f"{count(number, 'caption')} {_was(number)} changed on both sides since commit {since}: left alone."
        else:
            lead = f"{count(number, 'caption')} in git {'says' if number == 1 else 'say'} something else: left alone."
        way = "Take the live side's with `--theirs`, or keep git's with `--ours`; for some images alone with `--only IMAGE`."
        doubt = (say(report.doubt),) if report.doubt else ()
        yield Paragraph(lead=say(lead, Role.REFUSED), rest=(*doubt, say(way)))
        yield Items(items=tuple(_item(row.name, row.ours, row.theirs) for row in rows), indent=2)


def _uncommitted(report: PullReport) -> Iterator[Block]:
    if rows := report.of(MergeOutcome.UNCOMMITTED):
        number = len(rows)
        lead = f"{count(number, 'caption')} in git {_was(number)} not committed, and would be lost: left alone."
        yield Paragraph(lead=say(lead, Role.REFUSED), rest=(say("Commit first, then pull again."),))
        yield Items(items=tuple(_item(row.name, row.ours, row.theirs) for row in rows), indent=2)


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _item(name: str, before: str | None, after: str | None) -> Item:
    if before is None or after is None:
        return Item(sign=Role.CREATE, name=name, text=quoted_text(after or before or ""))
    return Item(sign=Role.CHANGE, name=name, text=difference(Wording(before, after)))
