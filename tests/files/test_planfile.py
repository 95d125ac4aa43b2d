"""Plan files on the disk: whole or not at all, and read with suspicion."""

import os
import stat
from pathlib import Path

import pytest

from reconciler.files import planfile
from reconciler.files.planfile import PlanUnreadable, PlanUnwritable, read_plan, write_plan


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    for text in ("{}\n", "é \u2028\r\n" * 1000, ""):
        write_plan(path, text)
        assert read_plan(path) == text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.json"]


def test_a_name_without_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_plan(Path("p"), "x")
    assert read_plan(Path("p")) == "x"


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("mine")
    (tmp_path / "plan.json").symlink_to("other")
    write_plan(tmp_path / "plan.json", "{}")
    assert (tmp_path / "other").read_text() == "mine"
    assert not (tmp_path / "plan.json").is_symlink()


def test_what_a_cut_run_left_behind_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / f".plan.json.{os.getpid()}.new").write_text("half")
    write_plan(tmp_path / "plan.json", "{}")
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.parametrize("obstacle", ["no folder", "folder of that name", "file as folder"])
def test_f37_a_plan_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path, obstacle: str) -> None:
    path = tmp_path / "plans" / "plan.json"
    if obstacle == "folder of that name":
        (path / "x").mkdir(parents=True)
    elif obstacle == "file as folder":
        path.parent.write_text("")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(PlanUnwritable, match="cannot be written: ") as failed:
        write_plan(path, "{}")
    assert isinstance(failed.value, OSError)
    assert failed.value.strerror
    assert sorted(tmp_path.rglob("*")) == before


def test_h54_what_is_no_plan_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planfile, "SIZE_LIMIT", 1024 * 1024)
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "utf16").write_bytes("{}".encode("utf-16"))
    (tmp_path / "large").write_bytes(b" " * (1024 * 1024 + 1))
    cases = {
        "fifo": "not a regular file",
        ".": "not a regular file",
        "utf16": r"not UTF-8 text \(byte 1\)",
        "large": "larger than 1 MB",
        "nothing": "No such file",
        "utf16/x": "Not a directory",
    }
    for name, words in cases.items():
        with pytest.raises(PlanUnreadable, match=f"cannot be read: .*{words}") as failed:
            read_plan(tmp_path / name)
        assert failed.value.path == tmp_path / name
