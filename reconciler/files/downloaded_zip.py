"""The zip in which the API gives all images of a dataset: the bytes of each image, as far as it can be found by its name.

What the zip holds beside images, and how its entries are called, is not documented (V77). So images are looked for by their
whole names and then by their stems, and what is not found comes otherwise.
"""

import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from reconciler.core.manifest.image import SUFFIXES

ENTRY_LIMIT = 64 * 1024 * 1024
"""Bytes of an image that is unpacked: a zip may say of anything that it is small."""


def images_in(path: Path, names: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The bytes of images by their keys; `names` are the live names by the same keys. Nothing from a file that is no zip.

    A name that two images bear, or that fits two entries, tells nothing.
    """
    times = Counter(names.values())
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [
                entry for entry in archive.infolist() if PurePosixPath(entry.filename).suffix.lower() in SUFFIXES
            ]
            whole = _once(entries, lambda name: name.name)
            stems = _once(entries, lambda name: name.stem)
            for key, name in names.items():
                wanted = PurePosixPath(name)
                entry = whole.get(wanted.name) or stems.get(wanted.stem) or stems.get(wanted.name)
                if times[name] == 1 and entry is not None and (data := _unpacked(archive, entry)):
                    yield key, data
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError):
        return


def _once(entries: Iterable[zipfile.ZipInfo], of: Callable[[PurePosixPath], str]) -> dict[str, zipfile.ZipInfo]:
    """Entries by a part of their names that no other has."""
    called = [(of(PurePosixPath(entry.filename)), entry) for entry in entries]
    times = Counter(name for name, _ in called)
    return {name: entry for name, entry in called if times[name] == 1}


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """The bytes; None where they are more than an image has."""
    if entry.file_size > ENTRY_LIMIT:
        return None
    with archive.open(entry) as file:
        data = file.read(ENTRY_LIMIT + 1)
    return data if len(data) <= ENTRY_LIMIT else None
