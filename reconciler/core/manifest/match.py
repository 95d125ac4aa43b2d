"""Caption texts matched with the images that they belong to."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field

from reconciler.core.guide import Guide
from reconciler.core.manifest.image_names import ImageNames, without_image
from reconciler.core.manifest.loaded import CaptionEntry, ImageFolder
from reconciler.core.manifest.text_rules import judge_text
from reconciler.core.problem import Location, Problem, Severity
from reconciler.core.strictjson import BadJson, loads
from reconciler.core.text import count, normal, quoted, shown
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The caption of each image that has one, by the image's name, in normal form.

    `left_out` counts the captions of images that no dataset takes.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0
    problems: tuple[Problem, ...] = ()


def match_captions(folder: ImageFolder, source: str, place: Callable[[], Location], guide: Guide) -> Matched:
    """Give each image its text. `place` tells where the manifest declares the source."""
    if folder.captions is None:
        return Matched()
    if source == "automatic":
        return Matched(problems=tuple(_unused(folder.unused, place())) if folder.unused else ())
    if not folder.captions:  # where there is no image, another problem says so
        return Matched(problems=(_nothing_read(folder, source, place(), guide),) if folder.images else ())
    names = ImageNames(folder)
    entries: dict[str, list[CaptionEntry]] = defaultdict(list)
    problems: list[Problem] = []
    ownerless: list[CaptionEntry] = []
    for entry in folder.captions:
        owners = names.of(entry.key)
        if len(owners) == 1:
            entries[owners[0]].append(entry)
        elif owners:
            problems.append(_ambiguous(entry, owners))
        elif not names.is_left_out(entry.key):
            ownerless.append(entry)
    problems += without_image(ownerless, names)
    problems += _doubles(entries)
    for found in entries.values():
        problems += _judge(found[0], guide)
    return Matched(
        texts={name: guide.declared_caption(found[0].text) for name, found in entries.items()},
        left_out=sum(names.is_unclaimed(entry.key) for entry in folder.captions),
        problems=tuple(problems),
    )


def _judge(entry: CaptionEntry, guide: Guide) -> Iterator[Problem]:
    if guide.family == "schema":
        yield from _judge_document(entry, guide)
        return
    if entry.is_document:
        yield Problem(
            rule="caption-family",
            location=entry.location,
            summary="this caption is a JSON document",
            detail="Captions under a caption_prefix are texts that continue it; JSON captions go with a visual_schema.",
            remedy="Write the text of the caption.",
        )
        return
    yield from judge_text(entry.text, entry.location, "this caption", "caption")
    text = normal(entry.text)
    if not text:
        yield Problem(
            rule="caption-empty",
            location=entry.location,
            summary="this caption is empty",
            remedy="Write a text, or remove it; then the image keeps the caption that it has on the live side.",
        )
    if "\n" in text:
        yield _warning(
            "caption-lines",
            entry.location,
            "this caption has several lines",
            f"All {text.count(chr(10)) + 1:,} are sent as one text.",
        )
    if guide.is_repeated_by(text):
        yield _warning(
            "caption-prefix",
            entry.location,
            f"this caption repeats the {guide.noun}",
            f"The {guide.noun} stands before every caption already; a caption continues it.",
        )


def _judge_document(entry: CaptionEntry, guide: Guide) -> Iterator[Problem]:
    """A caption under a schema is a JSON object itself; the API answers 400 to anything else."""
    try:
        value = loads(entry.text)
    except BadJson as bad:
        yield Problem(
            rule="caption-json",
            location=entry.location,
            summary="this caption is no JSON document",
            detail=f"{str(bad)[0].upper()}{str(bad)[1:]}."
            if entry.is_document
            else "The dataset has a visual_schema, and its captions are JSON objects.",
            remedy="Write keys with values, such as: {subject: a girl, action: waving}",
        )
        return
    if not isinstance(value, dict) or not value:
        yield Problem(
            rule="caption-json",
            location=entry.location,
            summary="this caption is no JSON object" if not isinstance(value, dict) else "this caption is empty",
            remedy="Write keys with values, such as: {subject: a girl, action: waving}",
        )
        return
    yield from judge_text(guide.declared_caption(entry.text), entry.location, "this caption", "caption")


def _doubles(entries: Mapping[str, list[CaptionEntry]]) -> Iterator[Problem]:
    """Images with several captions. Two sets of sidecars, as some tools write them, are one problem."""
    several = {name: found for name, found in entries.items() if len(found) > 1}
    if len(several) > 1 and all(entry.is_sidecar for found in several.values() for entry in found):
        first, other = next(iter(several.values()))[:2]
        yield Problem(
            rule="caption-double",
            location=other.location,
            summary=f"{len(several):,} images have two caption files",
            detail=f"{quoted(first.location.path, 60)} and {quoted(other.location.path, 60)}, and so on.",
            remedy="Keep one of the two for each image: remove all .txt files, or all .caption files.",
        )
        return
    for name, found in several.items():
        for other in found[1:]:
            yield Problem(
                rule="caption-double",
                location=other.location,
                summary="two captions for one image",
                detail=f"{quoted(name, 60)} has one at {found[0].location} already.",
                remedy="Keep one of the two.",
            )


def _ambiguous(entry: CaptionEntry, owners: list[str]) -> Problem:
    return Problem(
        rule="caption-ambiguous",
        location=entry.location,
        summary="this caption fits two images",
        detail=f"{quoted(owners[0], 60)} and {quoted(owners[1], 60)}.",
        remedy="Rename one of the images." if entry.is_sidecar else "Write the name with its suffix.",
    )


def _nothing_read(folder: ImageFolder, source: str, place: Location, guide: Guide) -> Problem:
    """No caption at all: what the source is, what lies there instead, and the fix that follows from it."""
    declared = f'captions.source is "{source}", and the folder'
    if source == "sidecar":
        suffixes = ".json" if guide.family == "schema" else ".txt or .caption"
        summary = "no image has a caption file"
        detail = f"{declared} holds {count(len(folder.images), 'image')} but no {suffixes} beside them."
    else:
        summary = "no caption was found"
        files = ", ".join(shown(name, 60) for name in folder.caption_files[:3])
        none = "captions.yaml, metadata.jsonl or metadata.csv"
        detail = f"{declared} holds {f'{files} without a caption' if files else f'no {none}'}."
    return Problem(
        rule="caption-none",
        location=place,
        summary=summary,
        detail=detail,
        remedy=_instead(folder.unused, guide)
        or "Write them, pull what Bria wrote with `reconciler captions pull`, or use `source: automatic`.",
    )


def _instead(unused: Sequence[str], guide: Guide) -> str:
    """What to write where captions lie in another form than the declared one."""
    if not unused:
        return ""
    found = f"{unused[0]} lies there" + (f", with {count(len(unused) - 1, 'more file')}" if len(unused) > 1 else "")
    if _source_of(unused) == "file":
        return f"{shown(found)}: write `captions: {{source: file}}`."
    if unused[0].lower().endswith(".json") and guide.family == "prefix":
        return (
            f"{shown(found)}: JSON captions go with a visual_schema. Write texts, in {_stem(unused[0])}.txt and so on."
        )
    if guide.family == "schema" and not unused[0].lower().endswith(".json"):
        return f"{shown(found)}: under a visual_schema captions are JSON. Write {_stem(unused[0])}.json and so on."
    return f"{shown(found)}: write `captions: {{source: sidecar}}`."


def _source_of(names: Sequence[str]) -> str:
    """The source that takes these files: caption files first, for they are named as such."""
    return "file" if names[0].endswith((".yaml", ".jsonl", ".csv")) else "sidecar"


def _stem(name: str) -> str:
    return shown(name[: name.rindex(".")], 60)


def _unused(names: Sequence[str], place: Location) -> Iterator[Problem]:
    if names:
        yield _warning(
            "caption-unused",
            place,
            f"{count(len(names), 'caption file')} beside the images will not be used",
            f"Captions are automatic here; write `captions: {{source: {_source_of(names)}}}` to use "
            f"{shown(names[0], 60) if len(names) == 1 else 'them'}.",
        )


def _warning(rule: str, place: Location, summary: str, detail: str) -> Problem:
    return Problem(rule=rule, location=place, summary=summary, detail=detail, severity=Severity.WARNING)
