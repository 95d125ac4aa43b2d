"""What of the results of a gallery can be shown: only files that are what they were when they were looked at."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from reconciler.app.gallery_pictures import shown_results
from reconciler.core.gallery import CaseResult, CaseState, Column
from reconciler.render.gallery_picture import BUDGET

HERE = Column("a51be07aa9c13")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def kept(root: Path, name: str, data: bytes, *, state: CaseState = CaseState.PRESENT) -> CaseResult:
    """A file, and what is known of it."""
    root.mkdir(exist_ok=True)
    (root / name).write_bytes(data)
    digest = sha256(data).hexdigest()
    return CaseResult(case=name.partition(".")[0], column=HERE, state=state, file=name, digest=digest)


def noise(number: int, edge: int) -> bytes:
    """What compresses badly, another one for each number."""
    small = Image.effect_noise((edge, edge), 90 + number)
    file = BytesIO()
    Image.merge("RGB", (small, small.rotate(90), small.rotate(180))).save(file, "PNG", compress_level=1)
    return file.getvalue()


@pytest.mark.parametrize("name", ["x.png", "x.svg", "x.prompt.json"])
def test_a_file_that_is_another_one_by_now_is_not_shown(tmp_path: Path, name: str) -> None:
    """Nobody shall approve what they did not see. The same for one that is gone."""
    data = {"x.png": noise(1, 64), "x.svg": b"<svg></svg>", "x.prompt.json": b'{"a": 1}'}[name]
    cell = kept(tmp_path / "root", name, data)
    shown = shown_results(tmp_path / "root", [cell]).of(cell.digest)
    assert shown.uri or shown.lines
    other = kept(tmp_path / "other", name, data)
    (tmp_path / "other" / name).write_bytes({"x.png": noise(2, 64)}.get(name, data + b" "))
    (tmp_path / "cache" / "reconciler" / "cache.sqlite3").unlink(missing_ok=True)
    assert (
        shown_results(tmp_path / "other", [other]).of(other.digest).reason
        == "the file cannot be shown, or is another one by now"
    )
    (tmp_path / "other" / name).unlink()
    assert (
        shown_results(tmp_path / "other", [other]).of(other.digest).reason
        == "the file cannot be shown, or is another one by now"
    )


def test_what_is_damaged_or_elsewhere_is_not_even_opened(tmp_path: Path) -> None:
    """Its state says all there is to say."""
    damaged = kept(tmp_path / "root", "a.png", noise(1, 64), state=CaseState.DAMAGED)
    assert shown_results(tmp_path / "root", [damaged]).by_digest == {}
    assert shown_results(tmp_path / "none", []).by_digest == {}


def test_pictures_that_would_not_fit_are_made_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of them say how large they get; then all fit."""
    cells = [kept(tmp_path / "root", f"case-{number}.png", noise(number, 256)) for number in range(26)]
    assert shown_results(tmp_path / "root", cells).edge == 768
    monkeypatch.setattr("reconciler.render.gallery_picture.BUDGET", BUDGET // 400)
    smaller = shown_results(tmp_path / "root", cells)
    assert smaller.edge == 192
    assert all(max(one.width, one.height) == 192 for one in smaller.by_digest.values())


def test_a_page_with_other_things_on_it_bounds_them(tmp_path: Path) -> None:
    """The page of a plan."""
    cells = [kept(tmp_path / "root", "a.png", noise(1, 1024))]
    assert [shown_results(tmp_path / "root", cells, most).edge for most in (0, 768)] == [1024, 768]
