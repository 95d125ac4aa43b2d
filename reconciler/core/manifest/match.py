"""Caption texts matched with the images that they belong to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.core.guide import Guide
from reconciler.core.manifest.loaded import CaptionEntry, ImageFolder
from reconciler.core.manifest.suggestion import did_you_mean
from reconciler.core.manifest.text_rules import judge_text
from reconciler.core.problem import Location, Problem, Severity
from reconciler.core.strictjson import BadJson, loads
from reconciler.core.text import count, normal, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The caption of each image that has one, by the image's name, in normal form."""

    texts: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def match_captions(folder: ImageFolder, source: str, place: Location, guide: Guide) -> Matched:
    """Give each image its text. `place` is where the manifest declares the source."""
    if folder.captions is None:
        return Matched()
    if source == "automatic":
        return Matched(problems=tuple(_unused(folder.unused, place)))
    if not folder.captions:
        return Matched(problems=(_nothing_read(folder, source, place, guide),))
    names = _Names(folder)
    entries: dict[str, list[CaptionEntry]] = defaultdict(list)
    problems: list[Problem] = []
    for entry in folder.captions:
        owners = names.of(entry.key)
        if len(owners) == 1:
            entries[owners[0]].append(entry)
        elif owners:
            problems.append(_ambiguous(entry, owners))
        elif not names.is_left_out(entry.key):
            problems.append(_ownerless(entry, names))
    texts = {}
    for name, found in entries.items():
        problems += _doubles(name, found)
        problems += _judge(found[0], guide)
        texts[name] = guide.declared_caption(found[0].text)
    return Matched(texts=texts, problems=tuple(problems))


class _Names:
    """Which images a key can mean: the whole name, or the name without suffix."""

    def __init__(self, folder: ImageFolder) -> None:
        self._whole = {image.name for image in folder.images}
        self._stems: dict[str, list[str]] = defaultdict(list)
        for image in folder.images:
            self._stems[_stem(image.name)].append(image.name)
        self._left_out = {*folder.left_out, *map(_stem, folder.left_out)}

    def of(self, key: str) -> list[str]:
        return [key] if key in self._whole else self._stems.get(key, [])

    def is_left_out(self, key: str) -> bool:
        return key in self._left_out

    def known(self, *, with_suffix: bool) -> list[str]:
        return sorted(self._whole if with_suffix else self._stems)


def _stem(name: str) -> str:
    return name[: name.rindex(".")]


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


def _doubles(name: str, found: list[CaptionEntry]) -> Iterator[Problem]:
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


def _ownerless(entry: CaptionEntry, names: _Names) -> Problem:
    return Problem(
        rule="caption-ownerless",
        location=entry.location,
        summary="this caption has no image",
        detail=f"No image of the dataset is named {quoted(entry.key, 60)}.",
        remedy=did_you_mean(entry.key, names.known(with_suffix=not entry.is_sidecar)) or "Remove it, or add the image.",
    )


def _nothing_read(folder: ImageFolder, source: str, place: Location, guide: Guide) -> Problem:
    images = count(len(folder.images), "image")
    if source == "sidecar":
        suffixes = ".json" if guide.family == "schema" else ".txt or .caption"
        return Problem(
            rule="caption-none",
            location=place,
            summary="no image has a caption file",
            detail=f'captions.source is "sidecar", and the folder holds {images} but no {suffixes} beside them.',
            remedy="Write them, pull what Bria wrote with `reconciler captions pull`, or use `source: automatic`.",
        )
    return Problem(
        rule="caption-none",
        location=place,
        summary="no caption was found",
        detail='captions.source is "file", and the image folder holds no captions.yaml or metadata.jsonl with a text.',
        remedy="Write one, pull what Bria wrote with `reconciler captions pull`, or use `source: automatic`.",
    )


def _unused(number: int, place: Location) -> Iterator[Problem]:
    if number:
        yield _warning(
            "caption-unused",
            place,
            f"{count(number, 'caption file')} beside the images will not be used",
            "Captions are automatic here; write `captions: {source: sidecar}` to use them.",
        )


def _warning(rule: str, place: Location, summary: str, detail: str) -> Problem:
    return Problem(rule=rule, location=place, summary=summary, detail=detail, severity=Severity.WARNING)
