"""Pages in files: whole or not at all, and over nothing of somebody else's."""

from functools import partial
from pathlib import Path

import pytest

from reconciler.app.exceptions import WrongUsage
from reconciler.app.html_file import write_page

write_sheet = partial(write_page, title="Contact sheet:", noun="contact sheet")


def test_a_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """Over an earlier one of its own, too; where it cannot be written, that is said."""
    place = tmp_path / "sheet.html"
    write_sheet(str(place), "<title>Contact sheet: é")
    write_sheet(str(place), "<title>Contact sheet: ü")
    assert place.read_text(encoding="utf-8") == "<title>Contact sheet: ü"
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.html"]
    with pytest.raises(WrongUsage, match=r"^The contact sheet .*none/sheet\.html cannot be written: No such file"):
        write_sheet(str(tmp_path / "none" / "sheet.html"), "")


@pytest.mark.parametrize("held", [b"<title>Gallery looks", b"my notes", b"\x89PNG"])
def test_what_is_no_such_page_stays(tmp_path: Path, held: bytes) -> None:
    """A page of another kind, too."""
    place = tmp_path / "sheet.html"
    place.write_bytes(held)
    with pytest.raises(WrongUsage, match="exists and is no contact sheet: it stays as it is"):
        write_sheet(str(place), "<title>Contact sheet: é")
    assert place.read_bytes() == held


def test_an_empty_file_may_be_written_over_and_a_folder_may_not(tmp_path: Path) -> None:
    """As `mktemp` makes one."""
    place = tmp_path / "sheet.html"
    place.touch()
    write_sheet(str(place), "<title>Contact sheet: é")
    assert place.stat().st_size
    with pytest.raises(WrongUsage, match="exists and is no contact sheet"):
        write_sheet(str(tmp_path), "")
