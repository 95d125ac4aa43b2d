"""What a gallery's manifest names: the pictures that guide, structured prompts, and the folder of its results."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

from reconciler.core.manifest.document import Document
from reconciler.core.manifest.gallery import ADDRESSES, lies_in, pictures_in, read_gallery
from reconciler.core.manifest.glob import compile_pattern
from reconciler.core.manifest.loaded import GalleryManifest
from reconciler.core.manifest.overlay import FOLDER as OVERLAYS
from reconciler.core.manifest.portable import Outside, below, unportable
from reconciler.core.order import MOST_BYTES, Picture
from reconciler.core.problem import Location, Problem
from reconciler.core.strictjson import BadJson, loads
from reconciler.core.text import quoted, shown
from reconciler.core.value import dataclass
from reconciler.files.image.image_file import inspect
from reconciler.files.text_file import read_text
from reconciler.files.tree import FileRefused, TreeReader
from reconciler.files.yaml.reading import FILE_LIMIT

_COLUMN = "a0123456789ab"
"""Stands for a fingerprint: what a result may be called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFolder:
    """The image folder of a dataset, and the patterns of the images that it takes; None takes all."""

    dataset: str
    path: str
    include: tuple[str, ...] | None

    def takes(self, names: Iterable[str]) -> bool:
        """Does the dataset take one of these files below its folder?"""
        if self.include is None:
            return True
        patterns = [compile_pattern(text) for text in self.include]
        return any(pattern.matches(name) for name in names for pattern in patterns)


def take_gallery(
    tree: TreeReader, document: Document, folder: str
) -> tuple[GalleryManifest | None, tuple[Problem, ...]]:
    """A gallery with all that it names, and all that is wrong with it. `folder` is that of its file."""
    manifest = read_gallery(document)
    if not isinstance(manifest, GalleryManifest):
        return None, manifest
    problems: list[Problem] = []
    pictures: dict[str, Picture] = {}
    for steps, named in pictures_in(manifest):
        if named in pictures:
            continue
        found = _picture(tree, folder, named, document.at(*steps), may_be_public="guidance" not in steps)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            pictures[named] = found
    texts = dict(_texts(tree, manifest, folder, problems))
    problems += _folder(tree, manifest, folder)
    return replace(manifest, folder=folder, pictures=pictures, texts=texts), tuple(problems)


def _picture(tree: TreeReader, folder: str, named: str, place: Location, *, may_be_public: bool) -> Picture | Problem:
    if named.startswith(ADDRESSES):
        if not may_be_public:
            return _unusable(place, named, "Guidance pictures are files; the API takes no address for them.")
        label = shown(named.partition("?")[0].partition("#")[0])
        return Picture(label=label, digest=sha256(named.encode()).hexdigest(), address=named)
    try:
        path = below(folder, named)
        with tree.open_file(path) as file:
            found = inspect(file)
    except Outside as outside:
        return _unusable(place, named, f"The path is refused: {outside}.")
    except FileRefused as error:
        detail = "There is no such file." if error.is_missing else f"It {error.reason}."
        return _unusable(place, named, detail)
    except OSError:
        return _unusable(place, named, "It cannot be read to its end.")
    if found.flaw is not None:
        detail = f"What was found: {found.flaw.summary}. {found.flaw.detail}".strip()
        return _unusable(place, named, detail, found.flaw.remedy)
    if found.size > MOST_BYTES:
        return _unusable(place, named, f"It has {found.size:,} bytes; at most {MOST_BYTES:,} are sent.")
    width, height = (0, 0) if found.facts is None else (found.facts.width, found.facts.height)
    return Picture(label=shown(named), digest=found.digest, width=width, height=height, path=path)


def _unusable(
    place: Location,
    named: str,
    detail: str,
    remedy: str = "Name a PNG, JPEG or WebP file below the manifest folder, relative to this file.",
) -> Problem:
    return Problem(
        rule="gallery-picture",
        location=place,
        summary=f"the picture {quoted(named.partition('?')[0], 80)} cannot be used",
        detail=detail,
        remedy=remedy,
    )


def _texts(
    tree: TreeReader, manifest: GalleryManifest, folder: str, problems: list[Problem]
) -> Iterator[tuple[str, str]]:
    """Structured prompts that can be read: a JSON object as it stands, or the record of an earlier result that has one."""
    for at, case in enumerate(manifest.body.spec.cases):
        if case.structured_prompt is None:
            continue
        place = manifest.document.at("spec", "cases", at, "structured_prompt")
        found = _text(tree, folder, case.structured_prompt, place)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            yield case.structured_prompt, found


def _text(tree: TreeReader, folder: str, named: str, place: Location) -> str | Problem:
    try:
        path = below(folder, named)
        tree.look_at(path)
    except Outside as outside:
        return _no_text(place, named, f"The path is refused: {outside}.")
    except FileRefused as error:
        return _no_text(place, named, "There is no such file." if error.is_missing else f"It {error.reason}.")
    text = read_text(tree, path, FILE_LIMIT)
    if isinstance(text, Problem):
        return text
    try:
        value = loads(text)
    except BadJson as bad:
        return _no_text(place, named, f"It holds no JSON object: {bad}.")
    if not isinstance(value, dict):
        return _no_text(place, named, "It holds no JSON object.")
    told = value.get("structured_prompt")
    return told if isinstance(told, str) else text


def _no_text(place: Location, named: str, detail: str) -> Problem:
    return Problem(
        rule="gallery-prompt",
        location=place,
        summary=f"the structured prompt {quoted(named, 80)} cannot be used",
        detail=detail,
        remedy="Name a JSON file below the manifest folder, relative to this file.",
    )


def _folder(tree: TreeReader, manifest: GalleryManifest, folder: str) -> Iterator[Problem]:
    """The folder of the results has to lie below the root, in a place of its own; it need not be there yet."""
    place, written = manifest.document.at("spec", "path"), manifest.body.spec.path
    try:
        path = below(folder, written)
    except Outside as outside:
        yield _no_folder(place, written, f"The path is refused: {outside}.")
        return
    if not path:
        yield _no_folder(place, written, "It is the manifest folder itself.")
    elif lies_in(path, OVERLAYS):
        yield _no_folder(place, written, "It is the folder of the overlays.")
    elif (flaw := next(filter(None, map(unportable, path.split("/"))), None)) is not None:
        yield _no_folder(place, written, f"Not every machine can hold such a folder: {flaw}.")
    else:
        try:
            tree.entries(path, 0)
        except FileRefused as error:
            if not error.is_missing:
                yield _no_folder(place, written, f"It {error.reason}.")


def _no_folder(place: Location, written: str, detail: str) -> Problem:
    return Problem(
        rule="gallery-path",
        location=place,
        summary=f"results cannot be kept in {quoted(written, 80)}",
        detail=detail,
        remedy="Name a folder below the manifest folder, relative to this file, such as looks.",
    )


def among_images(manifest: GalleryManifest, taken: Iterable[TakenFolder]) -> Iterator[Problem]:
    """Results would become images of a dataset, and train the next version."""
    try:
        path = below(manifest.folder, manifest.body.spec.path)
    except Outside:
        return
    for other in taken:
        if lies_in(other.path, path) or _takes(other, manifest, path):
            yield Problem(
                rule="gallery-images",
                location=manifest.document.at("spec", "path"),
                summary=f"{quoted(manifest.body.spec.path, 80)} lies among the images of dataset/{other.dataset}",
                detail="What a model draws would be taken for images that it is trained on.",
                remedy="Give the gallery a folder of its own.",
            )


def _takes(other: TakenFolder, manifest: GalleryManifest, path: str) -> bool:
    """Does a dataset take results that lie below its image folder?"""
    if other.path and not lies_in(path, other.path):
        return False
    above = other.path.count("/") + 1 if other.path else 0
    rest = "/".join(path.split("/")[above:])
    cases = manifest.body.spec.cases
    return other.takes(f"{rest}/{_COLUMN}/{case.name}.{suffix}" for case in cases for suffix in ("png", "jpg", "webp"))
