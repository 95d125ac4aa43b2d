"""F37: a file is written whole or not at all, with the permissions that it should have."""

import os
import stat
from pathlib import Path

import pytest

from reconciler.files.whole_file import FileChanged, create_file, replace_file, replace_path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def replace_over(path: Path, data: bytes, over: bytes) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        replace_file(folder, path.name, data, over=over)
    finally:
        os.close(folder)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reconciler.files.whole_file.os.fsync", full)


def test_a_private_file_is_for_its_owner_whatever_was_there(tmp_path: Path) -> None:
    path = tmp_path / "plan"
    path.write_bytes(b"before")
    path.chmod(0o666)
    replace_path(path, b"after", private=True)
    assert (path.read_bytes(), mode(path)) == (b"after", 0o600)


@pytest.mark.parametrize("bits", [0o600, 0o664, 0o755, 0o444])
def test_a_file_keeps_its_permissions(tmp_path: Path, bits: int) -> None:
    path = tmp_path / "captions.yaml"
    path.write_bytes(b"before")
    path.chmod(bits)
    replace_path(path, b"after")
    assert (path.read_bytes(), mode(path)) == (b"after", bits)


def test_a_new_file_may_be_read_by_others_as_far_as_the_umask_allows(tmp_path: Path) -> None:
    umask = os.umask(0o027)
    try:
        replace_path(tmp_path / "replaced", b"x")
        assert create_file(tmp_path / "a" / "b" / "created", b"x")
    finally:
        os.umask(umask)
    assert {mode(tmp_path / "replaced"), mode(tmp_path / "a" / "b" / "created")} == {0o640}


def test_a_link_is_replaced_and_its_target_stays(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"theirs")
    (tmp_path / "target").chmod(0o777)
    (tmp_path / "link").symlink_to("target")
    replace_path(tmp_path / "link", b"ours")
    assert (tmp_path / "target").read_bytes() == b"theirs"
    assert not (tmp_path / "link").is_symlink()
    assert mode(tmp_path / "link") & 0o022 == 0


@pytest.mark.usefixtures("full_disk")
def test_f37_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "plan").write_bytes(b"before")
    with pytest.raises(OSError, match="No space left"):
        replace_path(tmp_path / "plan", b"after")
    with pytest.raises(OSError, match="No space left"):
        create_file(tmp_path / "new", b"half")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("plan", b"before")]


def test_what_exists_is_not_created_anew(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"theirs")
    (tmp_path / "link").symlink_to("nowhere")
    assert not create_file(tmp_path / "file", b"ours")
    assert not create_file(tmp_path / "link", b"ours")
    assert (tmp_path / "file").read_bytes() == b"theirs"


@pytest.mark.parametrize("meanwhile", [b"theirs", b"before, and more", b"befor", None])
def test_what_somebody_wrote_in_the_meantime_is_not_lost(tmp_path: Path, meanwhile: bytes | None) -> None:
    path = tmp_path / "captions.yaml"
    if meanwhile is not None:
        path.write_bytes(meanwhile)
    with pytest.raises(FileChanged, match="changed by somebody else"):
        replace_over(path, b"after", b"before")
    assert [one.read_bytes() for one in tmp_path.iterdir()] == ([] if meanwhile is None else [meanwhile])


def test_what_was_read_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "captions.yaml"
    path.write_bytes(b"before")
    replace_over(path, b"after", b"before")
    assert path.read_bytes() == b"after"


def test_a_link_is_replaced_whatever_its_target_holds(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"theirs")
    (tmp_path / "link").symlink_to("target")
    replace_over(tmp_path / "link", b"ours", b"before")
    assert [(tmp_path / name).read_bytes() for name in ("target", "link")] == [b"theirs", b"ours"]


def test_f41_what_a_run_left_behind_that_was_cut_off_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / f".plan.{os.getpid()}.new").write_bytes(b"half")
    replace_path(tmp_path / "plan", b"after")
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]
