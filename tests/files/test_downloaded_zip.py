"""Images in a zip of the API, found by their names."""

import zipfile
from pathlib import Path

import pytest

from reconciler.files import downloaded_zip
from reconciler.files.downloaded_zip import images_in


def made(folder: Path, *entries: tuple[str, bytes]) -> Path:
    place = folder / "a.zip"
    with zipfile.ZipFile(place, "w") as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return place


def found(place: Path, *names: str) -> dict[str, bytes]:
    return dict(images_in(place, {str(number): name for number, name in enumerate(names)}))


def test_images_are_found_by_whole_name_and_by_stem(tmp_path: Path) -> None:
    place = made(tmp_path, ("x/wave.png", b"1"), ("wave.jpg", b"2"), ("jump.webp", b"3"), ("jump.txt", b"4"))
    assert found(place, "wave.png", "y/wave.jpg", "jump.png", "jump") == {"0": b"1", "1": b"2", "2": b"3", "3": b"3"}


def test_what_a_name_does_not_tell_apart_is_not_taken(tmp_path: Path) -> None:
    place = made(tmp_path, ("a/wave.png", b"1"), ("b/wave.png", b"2"), ("sit.png", b"3"), ("empty.png", b""))
    assert found(place, "wave.png", "sit.png", "sit.png", "empty.png", "other.png") == {}


def test_a_file_that_is_no_zip_holds_nothing(tmp_path: Path) -> None:
    place = tmp_path / "a.zip"
    place.write_bytes(b"<html>")
    assert found(place, "wave.png") == {}
    whole = made(tmp_path, ("wave.png", b"1" * 100), ("sit.png", b"2" * 100)).read_bytes()
    place.write_bytes(whole.replace(b"2" * 100, b"3" * 100))
    assert found(place, "wave.png", "sit.png") == {"0": b"1" * 100}


def test_an_entry_that_is_too_large_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloaded_zip, "ENTRY_LIMIT", 3)
    place = made(tmp_path, ("wave.png", b"1234"), ("sit.png", b"123"))
    assert found(place, "wave.png", "sit.png") == {"1": b"123"}
