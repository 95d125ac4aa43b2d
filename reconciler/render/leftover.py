"""What this tool left on the live side and on this machine, and the way that removes each."""

from collections.abc import Iterable

from reconciler.core.diff.leftover import Leftover
from reconciler.core.live import Live
from reconciler.core.text import count
from reconciler.render.view import Block, Item, Items, Line, Role, Text, View, joined, say, screen
from reconciler.render.words import quoted_text


def leftover_sections(found: Iterable[Leftover]) -> list[list[Block]]:
    """The objects of manifests that are gone, and the lines that delete them."""
    found = tuple(found)
    if not found:
        return []
    items = tuple(Item(sign=None, name=str(one.ref), text=joined(map(_object, one.objects))) for one in found)
    head = Line(text=say("Made by this tool for manifests that are gone:", Role.STRONG))
    return [[head, Items(items=items, indent=2)], *_ways(found)]


def _object(live: Live) -> Text:
    if live.kind.parent is None:
        where = ", which holds nothing else"
    else:
        where = "" if live.project_id is None else f" in project {live.project_id}"
    return (*quoted_text(live.name), *say(f" (id {live.id}){where}"))


def _ways(found: tuple[Leftover, ...]) -> list[list[Block]]:
    """Manifests to write where their parents are known; else only git knows them."""
    written = [one.manifest for one in found if one.manifest]
    unknown = [str(one.ref) for one in found if not one.manifest]
    sections: list[list[Block]] = []
    if written:
        lines: list[Block] = [Line(text=say("To delete them, put this into a file of the manifest folder, and apply:"))]
        for number, text in enumerate(written):
            lines += [Line(text=say("---"))] if number else []  # not set in: a person copies these lines
            lines.append(Line(text=say(text), hang=2))
        sections.append(lines)
    if unknown:
        way = f"To delete {', '.join(unknown)}: bring the manifests back from git, then `reconciler destroy`."
        sections.append([Line(text=say(way))])
    return sections


def left_view(found: Iterable[Leftover], folder: str, *, has_archives: bool, has_account: bool) -> View:
    """What is left after everything that is declared was deleted."""
    number = sum(len(one.objects) for one in found)
    rows = [
        f"{count(number, 'live object')} of manifests that are gone: `reconciler status --strays` says how to delete them."
        if number
        else "",
        "Archives in your store: its own rules delete them, this tool never does." if has_archives else "",
        f"The journal{' and the simulated account' if has_account else ''} on this machine: delete the folder {folder}.",
    ]
    return screen(
        [
            Line(text=say("What this tool leaves:", Role.STRONG)),
            *(Line(text=say(f"  {row}"), hang=2) for row in rows if row),
        ]
    )
