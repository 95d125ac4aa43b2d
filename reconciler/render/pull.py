"""What `captions pull` did: how many texts were written, which ones were left alone, and what to change by hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from reconciler.core.text import count
from reconciler.render.difference import Wording
from reconciler.render.view import Item, Items, Line, Paragraph, Role, View, folded, say, screen
from reconciler.render.words import difference, quoted_text

FOLD_WRITTEN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRow:
    """One caption: the image, and the texts in git before and on the live side."""

    name: str
    outcome: Literal["written", "kept", "conflict"]
    before: str | None
    after: str


def pull_view(
    rows: Iterable[PullRow], *, origin: str, missing: int, unfit: Mapping[str, str], place: str | None
) -> View:
    """`origin` is the live dataset's name; `place` where `captions` must be changed to `sidecar`, if it must.

    `unfit` has the live captions that no file can hold, by image.
    """
    rows = tuple(rows)
    written = [row for row in rows if row.outcome == "written"]
    conflicts = [row for row in rows if row.outcome == "conflict"]
    kept = sum(row.outcome == "kept" for row in rows)
    shown, hidden = folded(len(written), FOLD_WRITTEN)
    more = [Line(text=say(f"  … and {hidden:,} more", Role.QUIET))] if hidden else []
    return screen(
        [
            Line(text=(*say(f"{count(len(written), 'caption')} written from "), *quoted_text(origin), *say("."))),
            *([Items(items=tuple(_item(row) for row in written[:shown]), indent=2)] if written else []),
            *more,
        ],
        [Line(text=say(f"{count(kept, 'caption')} in git already."))] if kept else [],
        [Line(text=say(f"{count(missing, 'image')} without a live caption."))] if missing else [],
        _unfit(unfit),
        _conflicts(conflicts),
        [Line(text=say(f"Now change one line, at {place}: `captions: {{source: sidecar}}`."))] if place else [],
    )


def _unfit(captions: Mapping[str, str]) -> list[Paragraph | Items]:
    if not captions:
        return []
    number = len(captions)
    lead = f"{count(number, 'live caption')} {'is' if number == 1 else 'are'} no JSON object: left alone."
    way = "Write a caption into git, and let the next apply write it to the live side."
    items = (Item(sign=Role.UNCHANGED, name=name, text=quoted_text(text)) for name, text in sorted(captions.items()))
    return [Paragraph(lead=say(lead, Role.REFUSED), rest=(say(way),)), Items(items=tuple(items), indent=2)]


def _conflicts(rows: list[PullRow]) -> list[Paragraph | Items]:
    """Captions for which git says something else. They are never overwritten unasked."""
    if not rows:
        return []
    lead = f"{count(len(rows), 'caption')} in git {'says' if len(rows) == 1 else 'say'} something else: left alone."
    way = "Overwrite git's with `--overwrite`, or let the next apply write git's to the live side."
    return [
        Paragraph(lead=say(lead, Role.REFUSED), rest=(say(way),)),
        Items(items=tuple(_item(row) for row in rows), indent=2),
    ]


def _item(row: PullRow) -> Item:
    text = difference(Wording(row.before, row.after)) if row.before else quoted_text(row.after)
    sign = Role.CHANGE if row.before else Role.CREATE
    return Item(sign=sign, name=row.name, text=text)
