"""Files of one command are written all or none."""

from pathlib import Path

import pytest

from reconciler.files.file_edit import FileEdit, NotWritten, write_edits
from reconciler.files.tree import Tree


def test_where_one_file_cannot_be_written_the_others_are_as_they_were(tmp_path: Path) -> None:
    """One that was there gets its content back, a new one goes, and what somebody wrote in the meantime stays."""
    (tmp_path / "a.yaml").write_text("a: 1\n")
    (tmp_path / "c.yaml").write_text("somebody: else\n")
    edits = [
        FileEdit(path="a.yaml", before=b"a: 1\n", after=b"a: 2\n"),
        FileEdit(path="b.txt", before=None, after=b"new\n"),
        FileEdit(path="c.yaml", before=b"c: 1\n", after=b"c: 2\n"),
    ]
    with Tree(tmp_path) as tree, pytest.raises(NotWritten, match=r"c\.yaml cannot be written: it was changed"):
        write_edits(tree, edits)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.yaml": "a: 1\n",
        "c.yaml": "somebody: else\n",
    }


def test_a_file_that_says_it_already_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    before = (tmp_path / "a.yaml").stat()
    with Tree(tmp_path) as tree:
        write_edits(tree, [FileEdit(path="a.yaml", before=b"a: 1\n", after=b"a: 1\n")])
    assert (tmp_path / "a.yaml").stat() == before
