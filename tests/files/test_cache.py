"""F38: the cache is a hint. Whatever becomes of its file, nothing fails, nothing waits long, and nothing false is said."""

import contextlib
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.files import cache as room
from reconciler.files.cache import LIMITS, CacheFile, CacheTable, default_cache
from tests.files.conftest import cache_rows

PIXELS, DIGESTS = CacheTable.PIXELS, CacheTable.DIGESTS


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "cache.sqlite3"


@pytest.fixture
def full(place: Path) -> Path:
    """A file that holds something in two tables."""
    put(place, {b"one": b"1" * 5000, b"two": b"2"})
    with CacheFile(place) as file:
        file.put(DIGESTS, b"folder", b"3", second_key=b"tree")
    return place


def put(place: Path, rows: dict[bytes, bytes]) -> None:
    with CacheFile(place) as file:
        for key, value in rows.items():
            file.put(PIXELS, key, value)


def got(place: Path, *keys: bytes) -> list[bytes | None]:
    with CacheFile(place) as file:
        return [file.get(PIXELS, key) for key in keys]


@contextlib.contextmanager
def sqlite(place: Path) -> Iterator[sqlite3.Connection]:
    """The file in the hands of somebody else; what is done is done at once."""
    with contextlib.closing(sqlite3.connect(place, isolation_level=None)) as connection:
        yield connection


def test_what_was_put_is_found_by_later_runs(full: Path) -> None:
    assert got(full, b"one", b"two", b"three") == [b"1" * 5000, b"2", None]
    with CacheFile(full) as file:
        assert file.get(DIGESTS, b"one") is None, "each table has its own keys"
        assert file.get(DIGESTS, b"folder") == b"3"
        assert file.find(DIGESTS, b"tree") == b"3"
        assert file.find(DIGESTS, b"folder") is None


def test_a_later_value_takes_the_place_of_the_first(full: Path) -> None:
    put(full, {b"two": b"II"})
    with CacheFile(full) as file:
        file.put(DIGESTS, b"folder", b"III")
    assert got(full, b"one", b"two") == [b"1" * 5000, b"II"]
    with CacheFile(full) as file:
        assert file.get(DIGESTS, b"folder") == b"III"
        assert file.find(DIGESTS, b"tree") is None


def test_of_several_rows_with_one_second_key_the_largest_is_found(place: Path) -> None:
    with CacheFile(place) as file:
        for key, value in ((b"a", b"1"), (b"b", b"123"), (b"c", b"12")):
            file.put(DIGESTS, key, value, second_key=b"tree")
    with CacheFile(place) as file:
        assert file.find(DIGESTS, b"tree") == b"123"


def test_it_is_for_its_owner_alone(full: Path) -> None:
    assert stat.S_IMODE(full.stat().st_mode) == 0o600
    assert stat.S_IMODE(full.parent.stat().st_mode) == 0o700
    assert [path.name for path in full.parent.iterdir()] == [full.name], "no journal is left behind"


def test_asking_makes_no_file(place: Path) -> None:
    assert got(place, b"one") == [None]
    assert not place.parent.exists()


def test_a_run_that_finds_all_it_needs_does_not_write(full: Path) -> None:
    before = full.read_bytes(), full.stat().st_mtime_ns
    got(full, b"one", b"two")
    assert (full.read_bytes(), full.stat().st_mtime_ns) == before


def test_it_lies_in_the_users_cache_folder() -> None:
    assert default_cache().name == "cache.sqlite3"
    assert Path.home() in default_cache().parents


# ---------------------------------------------------------------- bounds
def test_the_least_recently_used_rows_go(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, PIXELS, 320)
    for number in range(3):
        put(place, {b"%d" % number: bytes(100)})
    with CacheFile(place) as file:
        assert file.get(PIXELS, b"0") is not None
        file.put(PIXELS, b"3", bytes(100))
    assert [key for key, _ in cache_rows(place, "pixels")] == [b"0", b"2", b"3"]


def test_a_row_that_is_only_read_stays_as_long_as_it_is_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, PIXELS, 40 * 101)
    put(place, {b"r": bytes(100)})
    for number in range(200):
        put(place, {b"%c" % number if number != ord("r") else b"x": bytes(100)})
        assert got(place, b"r") == [bytes(100)], number
    assert len(cache_rows(place, "pixels")) <= 40


def test_one_table_does_not_push_out_another(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, PIXELS, 0)
    put(full, {b"four": b"4"})
    assert cache_rows(full, "pixels") == []
    assert cache_rows(full, "digests") == [(b"folder", b"3")]


def test_the_file_does_not_grow_for_ever(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, PIXELS, 200_000)
    for number in range(60):
        put(place, {b"%d" % number: random.Random(number).randbytes(20_000)})
    assert place.stat().st_size < 500_000


# ---------------------------------------------------------------- faults
def damage(data: bytes, kind: str) -> bytes:
    if kind == "empty":
        return b""
    if kind == "garbage":
        return b"\0\xff" * 5000
    if kind == "cut":
        return data[: len(data) // 2]
    if kind == "first page":
        return data[:100] + b"\xff" * 400 + data[500:]
    if kind == "the old format":
        return b"reconciler digests 2\n"
    return data.replace(b"CREATE TABLE pixels", b"CREATE TABLE pixelz")


@pytest.mark.parametrize("kind", ["empty", "garbage", "cut", "first page", "the old format", "another table"])
def test_f38_a_damaged_file_is_made_anew(full: Path, kind: str) -> None:
    full.write_bytes(damage(full.read_bytes(), kind))
    assert got(full, b"one")[0] in {None, b"1" * 5000}
    put(full, {b"four": b"4"})
    put(full, {b"five": b"5"})
    assert got(full, b"four", b"five") == [b"4", b"5"]
    assert stat.S_IMODE(full.stat().st_mode) == 0o600


@given(st.data())
@settings(max_examples=150)
def test_f38_a_value_is_the_one_that_was_put_or_none(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever bytes of the file are changed, swapped with others or cut off, read and written after that."""
    place = tmp_path_factory.mktemp("cache") / "file"
    rows = {b"key %d" % number: random.Random(number).randbytes(700 * number) for number in range(8)}
    put(place, rows)
    content = bytearray(place.read_bytes())
    for at, width, where in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(1, 9000), st.integers(0, len(content) - 1)))
    ):
        content[at : at + width] = content[where : where + len(content[at : at + width])]
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=9)):
        if at < len(content):
            content[at] = byte
    place.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    for key, value in zip(rows, got(place, *rows), strict=True):
        assert value in {None, rows[key]}
    for _ in range(2):  # the first may only find out that the file is damaged
        put(place, {b"new": b"value"})
        for key, value in zip(rows, got(place, *rows), strict=True):
            assert value in {None, rows[key]}
    assert got(place, b"new") == [b"value"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE pixels SET value = x'00' WHERE key = x'6f6e65'",
        "UPDATE pixels SET key = x'6f6e65' WHERE key = x'74776f'",
        "UPDATE pixels SET second_key = x'00'",
        "UPDATE pixels SET value = CAST(value AS TEXT), checksum = NULL",
        "UPDATE pixels SET used = 'never'",
        "UPDATE pixels SET value = NULL",
        "INSERT INTO digests SELECT * FROM pixels",
    ],
)
def test_f38_a_row_that_is_not_exactly_ours_is_not_there(full: Path, change: str) -> None:
    with sqlite(full) as connection:
        connection.execute("DELETE FROM pixels WHERE key = x'6f6e65' AND instr(?, 'SET key')", (change,))
        connection.execute(change)
    with CacheFile(full) as file:
        assert file.get(DIGESTS if "digests" in change else PIXELS, b"one") is None
    put(full, {b"one": b"again"})
    assert got(full, b"one") == [b"again"]


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE pixels ADD COLUMN more BLOB",
        "DROP TABLE thumbnails",
        "CREATE TABLE more (a)",
        "CREATE TRIGGER t AFTER UPDATE ON pixels BEGIN DELETE FROM digests; END",
        "DROP INDEX pixels_used",
    ],
)
def test_f38_a_file_of_another_version_is_made_anew(full: Path, change: str) -> None:
    """Also a view in place of a table: what it says could take for ever."""
    with sqlite(full) as connection:
        connection.execute(change)
    assert got(full, b"one") == [None]
    put(full, {b"four": b"4"})
    assert got(full, b"one", b"four") == [None, b"4"]


def test_f38_a_view_without_an_end_is_not_asked(full: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS key FROM n"
    with sqlite(full) as connection:
        connection.execute("DROP TABLE pixels")
        connection.execute(f"CREATE VIEW pixels AS {endless}")
    assert got(full, b"one") == [None]


def test_f38_a_file_too_large_to_be_ours_is_not_read(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_FILE_LIMIT", 1000)
    assert got(full, b"one") == [None]


@pytest.mark.parametrize("how", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"])
def test_f38_another_process_that_holds_the_file_is_waited_for_once(
    full: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PATIENCE", 0.05)
    before = full.read_bytes()
    with sqlite(full) as connection:
        connection.execute(how)
        with CacheFile(full) as file:
            found = [file.get(PIXELS, b"one") for _ in range(1000)]
            file.put(PIXELS, b"four", b"4")
        connection.execute("ROLLBACK")
    assert set(found) == ({None} if how == "BEGIN EXCLUSIVE" else {b"1" * 5000})
    assert full.read_bytes() == before
    assert got(full, b"one") == [b"1" * 5000]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_f38_a_file_that_may_only_be_read_is_read(full: Path, kind: str) -> None:
    (full if kind == "file" else full.parent).chmod(0o400 if kind == "file" else 0o500)
    try:
        script = (
            "import sys; from pathlib import Path; from reconciler.files.cache import CacheFile, CacheTable\n"
            "with CacheFile(Path(sys.argv[1])) as file:\n"
            "    file.put(CacheTable.PIXELS, b'four', b'4')\n"
            "    print(file.get(CacheTable.PIXELS, b'two'))"
        )
        ran = run_as_nobody(script, full)
    finally:
        full.parent.chmod(0o700)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout in {"b'2'\n", "None\n"}
    assert got(full, b"one", b"four") == [b"1" * 5000, None]


def run_as_nobody(script: str, place: Path) -> subprocess.CompletedProcess[str]:
    """Root may write anything, so it hands its rights over first."""
    drop = "import os\nif os.getuid() == 0: os.setgid(65534); os.setuid(65534)\n"
    command = [sys.executable, "-c", f"import sqlite3, {','.join(_IMPORTS)}\n{drop}{script}", str(place)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


_IMPORTS = ("reconciler.files.cache",)


@pytest.mark.parametrize("obstacle", ["folder", "fifo", "link to nothing", "link out", "file in the way"])
def test_f37_what_is_no_file_is_left_alone(place: Path, obstacle: str) -> None:
    if obstacle == "file in the way":
        place.parent.write_bytes(b"theirs")
    else:
        place.parent.mkdir()
    if obstacle == "folder":
        place.mkdir()
    elif obstacle == "fifo":
        os.mkfifo(place)
    elif obstacle.startswith("link"):
        (place.parent / "other").write_bytes(b"theirs")
        place.symlink_to("other" if obstacle == "link out" else "nothing")
    for _ in range(2):
        put(place, {b"four": b"4"})
        assert got(place, b"four") == [None]
    left = [path for path in place.parent.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    assert all(path.read_bytes() == b"theirs" for path in left)


def test_f37_a_full_disk_keeps_nothing_and_loses_nothing(full: Path) -> None:
    """The limit on the size of files stands in for a full disk: the system refuses to write on."""
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from reconciler.files.cache import CacheFile, CacheTable\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "with CacheFile(Path(sys.argv[1])) as file:\n"
        "    file.put(CacheTable.PIXELS, b'large', bytes(10_000_000))\n"
        "    print(file.get(CacheTable.PIXELS, b'two'))"
    )
    ran = subprocess.run([sys.executable, "-c", script, str(full)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "b'2'\n", "")
    assert got(full, b"one", b"two", b"large") == [b"1" * 5000, b"2", None]


def test_f41_a_run_that_is_killed_while_it_writes_spoils_nothing(full: Path) -> None:
    """What it began is undone by the next one."""
    script = (
        "import os, sys; from pathlib import Path; from reconciler.files import cache as room\n"
        "room._evict = lambda *_: os.kill(os.getpid(), 9)\n"
        "with room.CacheFile(Path(sys.argv[1])) as file:\n"
        "    file.put(room.CacheTable.PIXELS, b'two', bytes(10_000_000))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, str(full)], capture_output=True, text=True, check=False)
    assert ran.returncode == -9
    assert got(full, b"one", b"two") == [b"1" * 5000, b"2"]
    assert [path.name for path in full.parent.iterdir()] == [full.name]


def test_a_file_that_goes_while_it_is_open_is_no_failure(full: Path) -> None:
    with CacheFile(full) as file:
        assert file.get(PIXELS, b"two") == b"2"
        shutil.rmtree(full.parent)
        file.put(PIXELS, b"four", b"4")
        assert file.get(PIXELS, b"one") in {None, b"1" * 5000}
    put(full, {b"five": b"5"})
    assert got(full, b"five") == [b"5"]


def test_several_processes_may_write_at_once(place: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from reconciler.files.cache import CacheFile, CacheTable\n"
        "for number in range(15):\n"
        "    with CacheFile(Path(sys.argv[1])) as file:\n"
        "        file.put(CacheTable.PIXELS, f'{sys.argv[2]} {number}'.encode(), bytes(3000))\n"
        "        assert file.get(CacheTable.PIXELS, b'0 0') in {None, bytes(3000)}\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(place), str(who)]) for who in range(4)]
    assert [one.wait() for one in running] == [0] * 4
    assert len(cache_rows(place, "pixels")) == 60
