"""Pointer files of DVC (`wave.png.dvc`, `images.dvc`): whether what they stand for is here.

A pointer names its content by MD5, so nothing can be planned from it: images are known by the SHA-256 of their bytes. Where
the content is here the pointer does not matter.
"""

from collections.abc import Callable, Iterator

from reconciler.core.manifest.portable import Outside, below
from reconciler.core.problem import Location, Problem, Severity
from reconciler.core.text import count, quoted
from reconciler.core.value import dataclass
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import TreeReader
from reconciler.files.tree_listing import TreeListing, join
from reconciler.files.yaml.reading import read_yaml

SUFFIX = ".dvc"
RULE = "images-dvc"
_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pointer:
    """A pointer file, and a path below the root that it stands for. `files` is how many files DVC counts in a folder."""

    path: str
    target: str
    files: int | None


class Pointers:
    """The pointer files of a tree. Each is read once, when the first folder beside it or below is asked about.

    `place` gives the place that a problem is shown at. Most folders have none, so it is asked for late.
    """

    def __init__(self, tree: TreeReader, listing: TreeListing) -> None:
        self._tree = tree
        self._listing = listing
        self._by_target: dict[str, dict[str, list[_Pointer]]] = {}
        """What lies in a folder, by the path that it stands for."""

    def missing_folder(self, folder: str, place: Callable[[], Location]) -> Problem | None:
        """The problem with an image folder that is not here but as a pointer; None where there is no such pointer."""
        pointer = next(self._of(folder), None)
        if pointer is None:
            return None
        number = "" if pointer.files is None else f" with {count(pointer.files, 'file')}"
        detail = f"{self._tree.shown(pointer.path)} stands for the folder{number}, whose content is not here."
        summary = "the images are here only as a pointer of DVC"
        return _problem(place(), summary, detail, pointer.path, self._tree)

    def fewer_files(self, folder: str, place: Callable[[], Location]) -> Problem | None:
        """The warning that a folder holds fewer files than its pointer counts, as after a pull that was cut short."""
        for pointer in self._of(folder):
            if pointer.files is None:
                continue
            held = sum(len(self._listing.folders[path].files) for path in self._listing.below(pointer.target))
            if held < pointer.files:
                shown, counted = self._tree.shown(pointer.path), count(pointer.files, "file")
                return Problem(
                    rule="images-dvc-fewer",
                    location=place(),
                    summary="fewer files are here than DVC's pointer counts",
                    detail=f"{shown} counts {counted}, and {held:,} {'is' if held == 1 else 'are'} here.",
                    remedy="Run `dvc pull`; or `dvc add`, if files were removed on purpose.",
                    severity=Severity.WARNING,
                )
        return None

    def _of(self, folder: str) -> Iterator[_Pointer]:
        """Pointers to the folder, or to one that holds it, which lie beside it or beside one that holds it; the nearest first."""
        holders = list(_with_holders(folder))
        for parent in (*holders[1:], "") if folder else ():
            lying = self._lying_in(parent)
            found = [pointer for target in holders for pointer in lying.get(target, ())] if lying else []
            yield from sorted(found, key=lambda one: one.path)

    def _lying_in(self, parent: str) -> dict[str, list[_Pointer]]:
        known = self._by_target.get(parent)
        if known is None:
            known = self._by_target[parent] = {}
            listed = self._listing.folders.get(parent)
            for name in () if listed is None else listed.files:
                if name.endswith(SUFFIX):
                    for pointer in _read(self._tree, parent, join(parent, name)):
                        known.setdefault(pointer.target, []).append(pointer)
        return known


def _with_holders(folder: str) -> Iterator[str]:
    """The folder, and each that holds it but the root."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def missing_images(
    tree: TreeReader, listing: TreeListing, folder: str, place: Callable[[], Location], is_wanted: Callable[[str], bool]
) -> Problem | None:
    """The problem with images of a folder that are not here but as pointers; `is_wanted` judges names below the folder."""
    names = [name for name in _images_pointed_at(listing, folder) if is_wanted(name)]
    if not names:
        return None
    listed = ", ".join(quoted(name, 60) for name in names[:3]) + (" and more" if names[3:] else "")
    what = "1 image is" if len(names) == 1 else f"{len(names):,} images are"
    pointer = join(folder, names[0] + SUFFIX) if len(names) == 1 else ""
    return _problem(
        place(),
        f"{what} here only as {'a pointer' if pointer else 'pointers'} of DVC",
        f"Missing: {listed}.",
        pointer,
        tree,
    )


def _problem(place: Location, summary: str, detail: str, pointer: str, tree: TreeReader) -> Problem:
    which = f" {tree.shown(pointer)}" if pointer else ""
    return Problem(
        rule=RULE,
        location=place,
        summary=summary,
        detail=f"{detail} An image is known by its bytes, which a pointer does not tell.",
        remedy=f"Run `dvc pull{which}`, then this again.",
    )


def _images_pointed_at(listing: TreeListing, folder: str) -> Iterator[str]:
    """Names below the folder that pointers stand for and no file has. DVC calls a pointer after its file."""
    for path in listing.below(folder):
        files = listing.folders[path].files
        if f"{SUFFIX}\0".encode() not in files.lines:  # folders are large, and most hold no pointer
            continue
        strip, here = len(folder) + 1 if folder else 0, set(files)
        stand_for = (name.removesuffix(SUFFIX) for name in files if name.endswith(SUFFIX))
        yield from (join(path, name)[strip:] for name in stand_for if name not in here)


def _read(tree: TreeReader, parent: str, path: str) -> Iterator[_Pointer]:
    """What a pointer stands for; nothing where it is no pointer, or stands for something outside the root."""
    data = read_bytes(tree, path, _LIMIT)
    documents = [] if isinstance(data, Problem) else read_yaml(data, path).documents
    value = documents[0].value if len(documents) == 1 else None
    if not isinstance(value, dict) or not isinstance(value.get("outs"), list):
        return
    outs, base = value["outs"], value.get("wdir", ".")
    for out in outs if isinstance(outs, list) else []:
        name, files = (out.get("path"), out.get("nfiles")) if isinstance(out, dict) else (None, None)
        if isinstance(name, str) and isinstance(base, str):
            try:
                target = below(below(parent, base), name)
            except Outside:
                continue
            yield _Pointer(path=path, target=target, files=files if isinstance(files, int) else None)
