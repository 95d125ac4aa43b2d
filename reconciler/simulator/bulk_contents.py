"""What a fetched zip holds: which entries are images, which texts go with them, and which of the images are refused."""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from reconciler.simulator.archive import read_entry
from reconciler.simulator.guide import read_structure
from reconciler.simulator.image_file import SUFFIXES, ImageReader, is_large_enough
from reconciler.simulator.request import Rejection
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import NO_DATASET, BulkUpload, Dataset, Image

MOST_IMAGES: Final = 5000
LEAST_SIDE: Final = 1024
_FOREIGN_IMAGES: Final = ("gif", "bmp", "tif", "tiff", "heic", "avif", "svg", "ico")


class BulkError(Exception):
    """The whole job fails; `status` is what a request that still waits is answered with, 0 for the usual 202."""

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An image of the zip with its text, if it has one; `refusal` says why it is known to fail without a look."""

    entry: zipfile.ZipInfo
    text: zipfile.ZipInfo | None = None
    refusal: Rejection | None = None

    @property
    def stem(self) -> str:
        """Its path without the suffix: what it shares with its text."""
        return _stem(self.entry.filename)

    @property
    def base(self) -> str:
        """Its name without folders."""
        return self.entry.filename.rpartition("/")[2]


def _stem(path: str) -> str:
    return path.rpartition(".")[0] or path


def candidates(archive: zipfile.ZipFile, switches: Switches, *, moderated: bool) -> list[Candidate]:
    """The images of a zip in its order, the failing ones too; BulkError where the zip as a whole is refused."""
    texts: dict[str, zipfile.ZipInfo] = {}
    found: list[Candidate] = []
    for entry in archive.infolist():
        match _kind(entry):
            case "text":
                texts[_stem(entry.filename)] = entry
            case "image" | "foreign image" | "junk" as kind:
                candidate = _candidate(entry, kind, switches, moderated=moderated)
                if candidate is not None:
                    found.append(candidate)
            case _:
                pass
    found = [replace(each, text=texts.get(each.stem)) for each in _without_same_stems(found, switches["zip_same_stem"])]
    if len(found) <= MOST_IMAGES:
        return found
    rule = switches["zip_over_count"]
    if rule == "first_5000":
        return found[:MOST_IMAGES]
    raise BulkError(f"The zip holds more than {MOST_IMAGES} images", status=400 if rule == "400_message" else 0)


def _kind(entry: zipfile.ZipInfo) -> str:
    base = entry.filename.rpartition("/")[2]
    suffix = base.rpartition(".")[2].lower()
    if entry.is_dir():
        return "folder"
    if base.startswith(".") or entry.filename.startswith("__MACOSX/"):
        return "junk"
    if suffix in SUFFIXES:
        return "image"
    if suffix in _FOREIGN_IMAGES:
        return "foreign image"
    return "text" if suffix == "txt" else "junk"


def _candidate(entry: zipfile.ZipInfo, kind: str, switches: Switches, *, moderated: bool) -> Candidate | None:
    """The candidate that an entry is; None where it is ignored."""
    if kind == "junk":
        rule = switches["zip_junk"]
        if rule == "job_failed":
            raise BulkError(f"The zip holds {entry.filename!r}, which is no image")
        refusal = Rejection(415, "The file is not an image")
        return None if rule == "ignored" else Candidate(entry=entry, refusal=refusal)
    if "/" in entry.filename and switches["zip_layout"] != "nested_flattened":
        if switches["zip_layout"] == "nested_ignored":
            return None
        return Candidate(entry=entry, refusal=Rejection(400, "The image is in a folder"))
    if kind == "foreign image":
        return Candidate(entry=entry, refusal=Rejection(415, "The file is not a JPEG, PNG or WEBP image"))
    if moderated and "unsafe" in entry.filename.lower():
        if switches["bulk_moderation"] == "job_failed":
            raise BulkError("Content moderation refused an image")
        return Candidate(entry=entry, refusal=Rejection(422, "Content moderation refused the image"))
    return Candidate(entry=entry)


def _without_same_stems(found: list[Candidate], rule: str) -> Iterator[Candidate]:
    """What becomes of a second image with a stem that was there before."""
    last = {each.stem: at for at, each in enumerate(found)}
    seen: set[str] = set()
    for at, each in enumerate(found):
        if rule == "second_failed" and each.stem in seen:
            yield replace(each, refusal=Rejection(409, "Another image has the same name"))
        elif rule != "last_wins" or last[each.stem] == at:
            yield each
        seen.add(each.stem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """How the images of one zip become rows. It needs nothing of the world, so that a thread may do it."""

    switches: Switches
    dataset: Dataset
    upload: BulkUpload
    archive: zipfile.ZipFile
    file: str
    reader: ImageReader = field(default_factory=ImageReader)

    def row(self, candidate: Candidate) -> Image:
        """The row of an image, without id, dataset, time and automatic caption; Rejection where it fails."""
        if candidate.refusal is not None:
            raise candidate.refusal
        data = read_entry(self.archive, candidate.entry)
        if data is None:
            raise Rejection(400, "The image cannot be unpacked")
        seen = self.reader.read(data, candidate.base)
        if not is_large_enough(seen, LEAST_SIDE, self.switches["resolution_rule"]):
            raise Rejection(412, f"The image is {seen.width} x {seen.height}; its sides must be {LEAST_SIDE} or more")
        caption = self._caption(candidate)
        return Image(
            id=0,
            dataset_id=NO_DATASET,
            caption=caption,
            caption_source=None if caption is None else "manual",
            upload_source_url=self.upload.zip_url if self.switches["bulk_source_url"] == "zip_url" else None,
            image_name=self._name(candidate),
            sha256=seen.sha256,
            size=seen.size,
            width=seen.width,
            height=seen.height,
            archive=self.file,
            archive_entry=candidate.entry.filename,
            created=0.0,
            updated=0.0,
        )

    def _name(self, candidate: Candidate) -> str:
        """The name by its rule; one that is generated follows from the id, which is not known yet."""
        names: Mapping[str, str] = {
            "entry_basename": candidate.base,
            "entry_path": candidate.entry.filename,
            "stem": _stem(candidate.base),
            "generated": "",
        }
        return names[self.switches["bulk_image_name"]]

    def _caption(self, candidate: Candidate) -> str | None:
        """The caption in the image's text; None where an automatic one is wanted. Rejection where it must not fail."""
        schema = self.dataset.family == "schema"
        if schema:
            looked_at = self.switches["fibo_zip_captions"] == "used"
        else:
            looked_at = not self.upload.automatic or self.switches["txt_in_automatic"] == "used"
        text = self._text(candidate) if looked_at else None
        if text is None and not schema and not self.upload.automatic:
            if self.switches["txt_missing"] == "auto_captioned":
                return None
            raise Rejection(428, "The image has no caption")
        if text is not None and schema and read_structure(text) is None:
            raise Rejection(400, "The caption is not JSON")
        return text

    def _text(self, candidate: Candidate) -> str | None:
        """The text beside an image as it is taken for its caption; None where there is none, or an empty one."""
        if candidate.text is None:
            return None
        data = read_entry(self.archive, candidate.text)
        try:
            text = None if data is None else data.decode()
        except UnicodeDecodeError:
            text = None
        if text is None:
            raise Rejection(400, "The caption is not UTF-8 text")
        rule, prefix = self.switches["txt_normalize"], self.dataset.caption_prefix.strip()
        if rule != "verbatim":
            text = text.strip()
        if rule == "prefix_removed" and prefix:
            text = text.removeprefix(prefix).lstrip()
        return text if text.strip() else None
