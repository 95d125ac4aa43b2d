"""H11 to H20 and F43: nothing below the root leads a reader out of it, blocks it, or keeps it for ever."""

import errno
import os
import socket
from pathlib import Path

import pytest

from reconciler.files import tree as tree_module
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.tree_listing import DEPTH_LIMIT, FOLDER_LIMIT, TreeListing, list_tree

SECRET = "the secret outside"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text(SECRET)
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "a.txt").write_text("a")
    (root / "b.txt").write_text("b")
    return root


def reason(root: Path, path: str) -> str:
    with Tree(root) as tree, pytest.raises(FileRefused) as refused:
        tree.open_file(path).close()
    assert SECRET not in str(refused.value)
    return refused.value.reason


def walked(root: Path) -> TreeListing:
    with Tree(root) as tree:
        return list_tree(tree)


def test_files_are_opened_by_their_path_below_the_root(root: Path) -> None:
    with Tree(root) as tree:
        for path, text in (("b.txt", b"b"), ("sub/a.txt", b"a"), ("./sub//a.txt", b"a")):
            with tree.open_file(path) as file:
                assert file.read() == text
    tree.close()  # again


@pytest.mark.parametrize("path", ["../outside/secret.txt", "/etc/passwd", "sub/../../outside/secret.txt", "a\0b"])
def test_h11_a_path_that_does_not_stay_below_is_refused(root: Path, path: str) -> None:
    assert reason(root, path) == "does not lie below the manifest root"


@pytest.mark.parametrize(
    "target",
    ["../outside/secret.txt", "/etc/passwd", "{outside}/secret.txt", "../outside/nothing", "sub/../../outside"],
)
def test_h12_a_link_to_the_outside_tells_nothing_of_its_target(root: Path, target: str) -> None:
    (root / "link.txt").symlink_to(target.format(outside=root.parent / "outside"))
    assert reason(root, "link.txt") == "is or passes a link that leaves the manifest root"
    (problem,) = walked(root).problems
    assert problem.rule == "path-refused"
    assert "outside" not in problem.detail


def test_h12_a_link_to_a_link_outside_and_a_folder_outside(root: Path) -> None:
    (root / "first").symlink_to("sub/second")
    (root / "sub" / "second").symlink_to("../../outside")
    assert reason(root, "first/secret.txt") == "is or passes a link that leaves the manifest root"
    assert len(walked(root).problems) == 2


def test_h13_loops_of_links_end(root: Path) -> None:
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("one")
    (root / "me").symlink_to("me")
    assert reason(root, "one") == "is part of a loop of links"
    found = walked(root)
    assert [problem.detail for problem in found.problems] == [
        '"me" is part of a loop of links.',
        '"one" is part of a loop of links.',
        '"two" is part of a loop of links.',
    ]


def test_h13_a_link_to_a_folder_above_is_a_problem(root: Path) -> None:
    (root / "sub" / "up").symlink_to("..")
    (root / "sub" / "here").symlink_to(".")
    found = walked(root)
    assert [problem.detail for problem in found.problems] == [
        '"sub/here" is a link to a folder that holds it.',
        '"sub/up" is a link to a folder that holds it.',
    ]
    assert sorted(found.folders) == ["", "sub"]


def test_h14_the_root_may_be_a_link_and_links_inside_are_followed(root: Path) -> None:
    (root / "c.txt").symlink_to("sub/a.txt")
    (root / "twin").symlink_to("sub")
    (root / "sub" / "up.txt").symlink_to("../b.txt")
    linked = root.parent / "linked"
    linked.symlink_to("root")
    found = walked(linked)
    assert not found.problems
    assert found.folders[""].files == ("b.txt", "c.txt")
    assert found.folders["twin"].files == ("a.txt", "up.txt")
    assert found.folders[""].linked == {"c.txt", "twin"}
    with Tree(linked) as tree, tree.open_file("twin/up.txt") as file:
        assert file.read() == b"b"


def test_h15_a_folder_swapped_for_a_link_after_it_was_listed_is_refused(root: Path) -> None:
    with Tree(root) as tree:
        assert list_tree(tree).folders["sub"].files == ("a.txt",)
        (root / "sub").rename(root / "old")
        (root / "sub").symlink_to("../outside")
        with pytest.raises(FileRefused, match="leaves the manifest root"):
            tree.open_file("sub/secret.txt")


def test_h16_f43_only_regular_files_are_opened_and_nothing_blocks(root: Path) -> None:
    os.mkfifo(root / "pipe.png")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(root / "sock.txt"))
    os.mkfifo(root / "other")
    (root / "null.png").symlink_to("/dev/zero")
    (root / "mem.yaml").symlink_to("/proc/self/mem")
    (root / "inner.png").symlink_to("pipe.png")
    (root / "irrelevant").symlink_to("pipe.png")
    (root / "folder.png").mkdir()
    try:
        for path in ("pipe.png", "sock.txt", "folder.png", "inner.png"):
            assert reason(root, path) == "is not a regular file"
        found = walked(root)
        assert {problem.rule for problem in found.problems} == {"path-refused"}
        assert {Path(problem.location.path).name for problem in found.problems} == {
            "inner.png",
            "mem.yaml",
            "null.png",
            "pipe.png",
            "sock.txt",
        }
        with Tree(root) as tree, pytest.raises(FileRefused, match="is not a folder"), tree.folder("b.txt"):
            pass
    finally:
        server.close()


@pytest.mark.parametrize("path", ["nothing.txt", "sub/nothing/deep.txt", "b.txt/x"])
def test_what_is_not_there_is_said_to_be_missing(root: Path, path: str) -> None:
    assert reason(root, path) == "does not exist"


def test_a_name_longer_than_the_system_takes(root: Path) -> None:
    assert reason(root, "x" * 300) == "has a name that is too long"


def test_f43_a_file_that_may_not_be_read(root: Path) -> None:
    assert tree_module._reason(OSError(errno.EACCES, "x")) == "may not be read by this user"
    assert tree_module._reason(OSError(errno.EMFILE, "x")) == "cannot be opened"


def test_a_link_that_vanishes_between_two_calls(root: Path) -> None:
    with Tree(root) as tree, tree.folder("") as handle, pytest.raises(FileRefused, match="does not exist"):
        tree_module._target("gone", "gone", handle, 1)


@pytest.mark.parametrize("name", ["nothing", "file"])
def test_a_root_that_is_no_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileRefused, match="is not a folder" if name == "file" else "does not exist"):
        Tree(tmp_path / name)


def test_h18_many_files_end_at_the_limit(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert FOLDER_LIMIT < 200_000
    monkeypatch.setattr("reconciler.files.tree_listing.FOLDER_LIMIT", 500)
    many = root / "many"
    many.mkdir()
    for number in range(505):
        os.close(os.open(many / f"{number}.png", os.O_CREAT | os.O_WRONLY))
    (problem,) = walked(root).problems
    assert problem.rule == "tree-limit"
    assert "more than 500 entries" in problem.detail


def test_h18_deep_folders_end_at_the_limit(root: Path) -> None:
    deep = os.open(root, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=deep)
        inner = os.open("d", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = inner
    os.close(deep)
    (problem,) = walked(root).problems
    assert problem.rule == "tree-limit"
    assert f"more than {DEPTH_LIMIT} deep" in problem.detail


def test_h18_links_that_multiply_end_at_the_limit(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.files.tree_listing.TREE_LIMIT", 500)
    for level in range(20):
        (root / f"d{level}").mkdir()
        for name in ("a", "b"):
            (root / f"d{level}" / name).symlink_to(f"../d{level + 1}")
    (root / "d20").mkdir()
    assert "tree-limit" in {problem.rule for problem in walked(root).problems}


def test_h18_long_names_are_listed(root: Path) -> None:
    (root / ("n" * 251 + ".png")).write_text("")
    assert "n" * 251 + ".png" in walked(root).folders[""].files


def test_h19_hidden_files_and_folders_are_never_listed_nor_opened(root: Path) -> None:
    (root / ".git").mkdir()
    (root / ".git" / "config.yaml").write_text("a: b")
    (root / ".env").write_text("x")
    (root / "link.txt").symlink_to(".git/config.yaml")
    found = walked(root)
    assert sorted(found.folders) == ["", "sub"]
    assert ".env" not in found.folders[""].files
    assert "hidden" in found.problems[0].detail
    for path in (".env", ".git/config.yaml", "link.txt"):
        assert "hidden" in reason(root, path)


def test_a_folder_that_is_gone_when_it_is_entered(root: Path) -> None:
    found = TreeListing()
    with Tree(root) as tree:
        from reconciler.files.tree_listing import _descend

        _descend(tree, found, "vanished", (), None)
    assert [problem.detail for problem in found.problems] == ['"vanished" does not exist.']


def test_a_root_that_cannot_be_listed(root: Path) -> None:
    tree = Tree(root)
    tree.close()
    tree._handle = os.open(root / "b.txt", os.O_RDONLY)
    with pytest.raises(OSError, match="Not a directory"):
        list_tree(tree)
    tree.close()


def test_paths_are_shown_from_the_working_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.parent)
    for given in (Path("root"), root, Path("./root/../root")):
        with Tree(given) as tree:
            assert tree.shown("sub/a.txt") == "root/sub/a.txt"
            assert str(tree.location("")) == "root"
    monkeypatch.chdir(root)
    with Tree(Path()) as tree:
        assert tree.shown("sub/a.txt") == "sub/a.txt"
    monkeypatch.chdir(root / "sub")
    with Tree(Path("..")) as tree:
        assert tree.shown("b.txt") == "../b.txt"


def test_h20_a_name_that_is_not_utf8_is_shown_without_half_characters(root: Path) -> None:
    with Tree(root) as tree:
        assert "\ufffd" in tree.shown("caf\udce9.png")


def test_files_of_one_folder_are_read_one_after_the_other(root: Path) -> None:
    """The folder is held open between two of them, and the rules are those of a single file."""
    (root / "sub" / "inner").symlink_to("a.txt")
    (root / "sub" / "out").symlink_to("../../outside/secret.txt")
    (root / "sub" / ".hidden").write_text("x")
    with Tree(root) as tree:
        for path in ("sub/a.txt", "sub/inner", "b.txt", "sub//a.txt", "./sub/a.txt", "sub/a.txt"):
            assert tree.read(path, 10) in (b"a", b"b")
        assert tree.read("sub/a.txt", 0) == b"a", "one byte more than the limit"
        for path in ("sub/out", "sub/.hidden", "sub/nothing", "/b.txt", "sub/../b.txt", "sub/a\0b", "sub/", "b.txt/x"):
            with pytest.raises(FileRefused) as refused:
                tree.read(path, 10)
            assert refused.value.reason == reason(root, path)


def test_no_handle_is_left_open(root: Path) -> None:
    (root / "out").symlink_to("../outside")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        walked(root)
        reason(root, "sub/nothing")
        reason(root, "out/secret.txt")
        with Tree(root) as tree:
            tree.read("sub/a.txt", 10)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
