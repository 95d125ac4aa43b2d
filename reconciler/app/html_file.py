"""Pages that a command writes into a file: whole or not at all, and never over anything but an earlier page of its own."""

from pathlib import Path
from typing import Final

from reconciler.app.exceptions import WrongUsage
from reconciler.core.text import shown
from reconciler.files.whole_file import replace_path

_HEAD: Final = 4096
"""Bytes of a page in which its title stands."""


def write_page(path: str, page: str, *, title: str, noun: str) -> None:
    """Write a page. WrongUsage if that fails, or if the file is anything but a page whose title begins like that.

    `noun` is what people call such a page: `contact sheet`.
    """
    place = Path(path)
    if place.exists() and not _is_ours(place, title):
        raise WrongUsage(f"{shown(path)} exists and is no {noun}: it stays as it is. Choose another name.")
    try:
        replace_path(place, page.encode())
    except OSError as error:
        raise WrongUsage(f"The {noun} {shown(path)} cannot be written: {error.strerror}.") from None


def _is_ours(place: Path, title: str) -> bool:
    """Does a file begin as such pages do? An empty file may be written over too."""
    try:
        with place.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return not head or f"<title>{title}".encode() in head
