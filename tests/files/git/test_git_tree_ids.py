"""The cache by git's tree ids: it holds in every clone, and each way by which it could lie is shut."""

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.core.desired import Desired
from reconciler.core.kind import Kind
from reconciler.core.ref import Ref
from reconciler.files import load as load_module
from reconciler.files.git import git_tree_ids
from reconciler.files.git.git_tree_ids import GitTreeIds, ask_git, begin_asking
from reconciler.files.git.repository import Repository
from reconciler.files.load import load
from reconciler.files.tree import Tree
from tests.files.conftest import Brand, Draw

POSES = Ref(Kind.DATASET, "lora-poses")
HOME = {"HOME": "/nonexistent"}


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    ran = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True, env=environ)
    return ran.stdout.strip()


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "x")


def looked(brand: Brand) -> GitTreeIds:
    checkout = ask_git(brand.root, HOME)
    assert checkout is not None
    return checkout


def vouched(brand: Brand) -> set[str]:
    """The folders below the root that git vouches for."""
    return set(looked(brand).trees())


def narrowly_vouched(brand: Brand) -> set[str]:
    """The same, where git is told the folders and not asked what else lies in them."""
    checkout = ask_git(brand.root, HOME, sees_untracked=False)
    assert checkout is not None
    checkout.look_in({"", "images"})
    return set(checkout.trees())


def digests(desired: Desired) -> dict[str, str]:
    return {image.name: image.digest for image in desired.datasets[POSES].images}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each image of the tree was opened."""
    counts: Counter[str] = Counter()
    real = Tree.open_file

    def counting(tree: Tree, path: str) -> object:
        counts[path] += path.endswith(".png")
        return real(tree, path)

    monkeypatch.setattr(Tree, "open_file", counting)
    return counts


def commit_new(brand: Brand) -> None:
    """Make a repository of the folder."""
    git(brand.folder, "init", "--quiet")
    (brand.folder / ".gitignore").write_text("cache/\n")
    commit(brand.folder)


@pytest.fixture
def committed(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> Brand:
    """All of the brand in a commit; git is asked, however small the tree is."""
    monkeypatch.setattr(load_module, "ASK_GIT_FROM", 0)
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    commit_new(brand)
    return brand


@pytest.fixture
def cached(committed: Brand, opened: Counter[str]) -> Brand:
    """The same, once read: files too fresh for their times to tell anything, so only git can vouch for them."""
    committed.resolve()
    opened.clear()
    return committed


def cloned(brand: Brand, name: str = "clone") -> Brand:
    """A fresh clone beside it, with the same cache."""
    place = brand.folder.parent / f"{brand.folder.name}-{name}"
    git(brand.folder, "clone", "--quiet", str(brand.folder), str(place))
    shutil.copytree(brand.folder / "cache", place / "cache")
    other = Brand.__new__(Brand)
    other.folder, other.root, other.cache = place, place / "manifests", place / "cache" / "cache.sqlite3"
    return other


def test_a_folder_that_git_vouches_for_is_not_read_again(cached: Brand, opened: Counter[str]) -> None:
    expected = cached.resolve()
    assert sum(opened.values()) == 0
    cached.cache.unlink()
    assert cached.resolve() == expected
    assert sum(opened.values()) == 5


def test_a_fresh_clone_with_the_cache_of_another_reads_no_image(cached: Brand, opened: Counter[str]) -> None:
    assert digests(cloned(cached).resolve()) == digests(cached.resolve())
    assert sum(opened.values()) == 0


def test_git_vouches_for_each_folder_below_the_root(committed: Brand, draw: Draw) -> None:
    committed.write("images/deep/d.png", draw(seed=9))
    commit(committed.folder)
    assert vouched(committed) == {"", "images", "images/deep"}
    assert looked(committed).trees()["images"] == git(committed.folder, "rev-parse", "HEAD:manifests/images")


def test_the_root_may_be_the_top(committed: Brand) -> None:
    checkout = ask_git(committed.folder, HOME)
    assert checkout is not None
    assert {"manifests", "manifests/images"} == set(checkout.trees())


@pytest.mark.parametrize("limit", [0, 100])
def test_the_trees_of_folders_that_are_told_are_those_that_git_finds(
    committed: Brand, draw: Draw, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_tree_ids, "_PARENTS_LIMIT", limit)
    committed.write("images/deep/d.png", draw(seed=9))
    committed.write("manifests/images/e.png", draw(seed=10))
    commit(committed.folder)
    for root in (committed.root, committed.root / "images", committed.folder):
        found, told = ask_git(root, HOME), ask_git(root, HOME, sees_untracked=False)
        assert found is not None
        assert told is not None
        folders = {
            str(path.relative_to(root)).strip(".") for path in (root, *root.glob("**/")) if ".git" not in path.parts
        }
        told.look_in(folders)
        assert told.trees() == found.trees()
        assert len(found.trees()) >= 2


def test_a_commit_that_came_meanwhile_is_not_mixed_with_the_one_before(committed: Brand, draw: Draw) -> None:
    """The listing was begun for a commit that is not the one that `status` compared with."""
    committed.write("images/p0.png", draw(seed=9))
    commit(committed.folder)
    begun = looked(committed)
    begun._head.stop()
    begun._head = begun._begin("rev-parse", "HEAD~1")
    begun.look_in({"", "images"})
    assert begun.trees() == looked(committed).trees()


Spoil = Callable[[Brand], object]


def _edit(brand: Brand, name: str = "images/p0.png") -> None:
    """Other bytes of the same number."""
    path = brand.root / name
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(bytes(data))


def _ignored(brand: Brand) -> None:
    (brand.folder / ".git" / "info" / "exclude").write_text("new.png\n")
    shutil.copy(brand.root / "images" / "p0.png", brand.root / "images" / "new.png")


def _ignored_folder(brand: Brand) -> None:
    git(brand.folder, "rm", "--quiet", "-r", "--cached", "manifests/images")
    git(brand.folder, "commit", "--quiet", "-m", "x")
    (brand.folder / ".git" / "info" / "exclude").write_text("images/\n")


def _staged(brand: Brand) -> None:
    _edit(brand)
    git(brand.folder, "add", "--all")


def _assumed(brand: Brand) -> None:
    git(brand.folder, "update-index", "--assume-unchanged", "manifests/images/p0.png")
    _edit(brand)


def _skipped(brand: Brand) -> None:
    git(brand.folder, "update-index", "--skip-worktree", "manifests/images/p0.png")
    _edit(brand)


def _sparse(brand: Brand) -> None:
    git(brand.folder, "sparse-checkout", "set", "--no-cone", "/manifests/*.yaml", "/manifests/images/p1.png")


def _linked(brand: Brand) -> None:
    (brand.root / "images").rename(brand.root / "other")
    (brand.root / "images").symlink_to("other")


def _conflict(brand: Brand) -> None:
    oid = git(brand.folder, "hash-object", "-w", "manifests/images/p1.png")
    lines = "".join(f"100644 {oid} {stage}\tmanifests/images/p0.png\n" for stage in (1, 2, 3))
    git(brand.folder, "rm", "--quiet", "--cached", "manifests/images/p0.png")
    subprocess.run(["git", "update-index", "--index-info"], cwd=brand.folder, input=lines, text=True, check=True)


SPOILS: dict[str, Spoil] = {
    "edited": _edit,
    "removed": lambda brand: (brand.root / "images" / "p0.png").unlink(),
    "untracked": lambda brand: shutil.copy(brand.root / "images" / "p0.png", brand.root / "images" / "new.png"),
    "ignored": _ignored,
    "ignored folder": _ignored_folder,
    "staged": _staged,
    "unmerged": _conflict,
    "assumed unchanged": _assumed,
    "skipped in the work tree": _skipped,
    "sparse": _sparse,
    "linked": _linked,
}


@pytest.mark.parametrize("how", SPOILS)
def test_git_does_not_vouch_for_a_folder_that_differs(cached: Brand, how: str) -> None:
    assert "images" in vouched(cached)
    SPOILS[how](cached)
    assert "images" not in vouched(cached)


@pytest.mark.parametrize("how", sorted(SPOILS.keys() - {"untracked", "ignored"}))
def test_without_a_look_at_what_git_does_not_know_the_rest_is_seen(cached: Brand, how: str) -> None:
    assert "images" in narrowly_vouched(cached)
    SPOILS[how](cached)
    assert "images" not in narrowly_vouched(cached)


@pytest.mark.parametrize("how", ["untracked", "ignored"])
def test_a_file_that_git_does_not_know_is_known_by_its_name(
    cached: Brand, opened: Counter[str], draw: Draw, how: str
) -> None:
    """Git is not asked for it, and vouches for the folder all the same."""
    before = digests(cached.resolve())
    SPOILS[how](cached)
    cached.write("images/new.png", draw(seed=77))
    after = digests(cached.resolve())
    assert (after.keys() - before.keys(), opened["images/new.png"]) == ({"new.png"}, 1)
    (cached.root / "images" / "new.png").unlink()
    assert digests(cached.resolve()) == before
    assert opened["images/new.png"] == 1


def test_without_the_folders_nothing_is_vouched_for(committed: Brand) -> None:
    checkout = ask_git(committed.root, HOME, sees_untracked=False)
    assert checkout is not None
    assert checkout.trees() == {}


@pytest.mark.parametrize("place", [".gitattributes", "manifests/.gitattributes", "manifests/images/.gitattributes"])
@pytest.mark.parametrize("is_link", [False, True])
def test_attributes_that_git_does_not_know_end_the_trust(committed: Brand, place: str, *, is_link: bool) -> None:
    assert "images" in narrowly_vouched(committed)
    if is_link:
        (committed.folder / place).symlink_to("nowhere")
    else:
        (committed.folder / place).write_text("# says nothing now\n")
    (committed.folder / ".git" / "info" / "exclude").write_text(".gitattributes\n")
    assert narrowly_vouched(committed) == set()


def test_attributes_that_git_knows_do_not(committed: Brand) -> None:
    (committed.root / "images" / ".gitattributes").write_text("* -text\n")
    commit(committed.folder)
    assert "images" in narrowly_vouched(committed)


@pytest.mark.parametrize("how", ["edited", "staged", "assumed unchanged", "skipped in the work tree"])
def test_an_edit_is_seen_whatever_git_was_told(cached: Brand, how: str) -> None:
    SPOILS[how](cached)
    assert [problem.location.path for problem in cached.errors()] == ["manifests/images/p0.png"]


def test_a_weakened_look_at_times_is_not_used(cached: Brand) -> None:
    path = cached.root / "images" / "p0.png"
    os.utime(path, ns=(10**18, 10**18))
    git(cached.folder, "config", "core.trustctime", "false")
    git(cached.folder, "config", "core.checkStat", "minimal")
    git(cached.folder, "add", "--all")
    assert "images" in vouched(cached)
    time.sleep(1.1)  # noqa: TID251 - git compares times in whole seconds
    _edit(cached)
    os.utime(path, ns=(10**18, 10**18))
    assert "images" not in vouched(cached)


CONVERTING = [
    "*.png text",
    "*.png filter=lfsx -text",
    "*.png filter=lfs text",
    "*.png eol=crlf",
    "*.png ident",
    "*.png crlf",
    "*.png crlf=input",
    "*.txt working-tree-encoding=UTF-16",
    "*.png !text",
    "[attr]lossy text",
]


@pytest.mark.parametrize("line", CONVERTING)
def test_attributes_that_may_change_bytes_end_the_trust(committed: Brand, line: str) -> None:
    for place in (".gitattributes", "manifests/.gitattributes", "manifests/images/.gitattributes"):
        (committed.folder / place).write_text(f"# why\n\n{line}\n")
        commit(committed.folder)
        assert vouched(committed) == set()
        (committed.folder / place).unlink()
        commit(committed.folder)
        assert "images" in vouched(committed)


@pytest.mark.parametrize(
    "line",
    [
        "* text=auto",
        "* text=auto eol=lf",
        "*.png binary",
        "*.png -text eol=crlf",
        "*.png -filter",
        "*.c diff=c",
        "*.png filter=lfs diff=lfs merge=lfs -text",
    ],
)
def test_attributes_that_leave_images_alone_do_not(committed: Brand, line: str) -> None:
    (committed.folder / ".gitattributes").write_text(f"{line}\n")
    commit(committed.folder)
    assert "images" in vouched(committed)


def test_attributes_that_are_not_committed_end_it(committed: Brand) -> None:
    (committed.root / ".gitattributes").write_text("* -text\n")
    assert vouched(committed) == set()


@pytest.mark.parametrize("place", [".gitattributes", "manifests/.gitattributes"])
@pytest.mark.parametrize("how", ["removed", "skipped"])
def test_attributes_that_are_committed_and_not_there_end_it(committed: Brand, place: str, how: str) -> None:
    """They may have been at work when the files were written."""
    path = committed.folder / place
    path.write_text("*.png filter=x\n")
    commit(committed.folder)
    path.unlink()
    if how == "skipped":
        git(committed.folder, "update-index", "--skip-worktree", place)
    assert vouched(committed) == set()


def test_attributes_of_the_repository_and_of_the_person_count(committed: Brand, tmp_path: Path) -> None:
    info = committed.folder / ".git" / "info" / "attributes"
    info.write_text("*.png text\n")
    assert ask_git(committed.root, HOME) is None
    info.unlink()
    own = tmp_path / "home" / ".config" / "git"
    own.mkdir(parents=True)
    (own / "attributes").write_text("*.png filter=x\n")
    assert ask_git(committed.root, {"HOME": str(tmp_path / "home")}) is None
    assert ask_git(committed.root, {"XDG_CONFIG_HOME": str(tmp_path / "home" / ".config")}) is None
    (own / "attributes").write_text("*.c diff=c\n")
    (own / "config").write_text("[core]\n\tattributesFile = ~/other\n")
    assert ask_git(committed.root, {"HOME": str(tmp_path / "home")}) is None


def test_attributes_that_cannot_be_read_might_convert(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    (tmp_path / "long").write_bytes(b"#" * (git_tree_ids._ATTRIBUTES_LIMIT + 1))
    assert [git_tree_ids.file_may_convert(tmp_path / name) for name in ("folder", "link", "long", "none")] == [
        True,
        True,
        True,
        False,
    ]


def test_filters_of_the_repository_are_not_run(committed: Brand, tmp_path: Path) -> None:
    canary = tmp_path / "ran"
    for name in ("filter.x.clean", "filter.x.process", "core.fsmonitor", "core.sshCommand", "diff.external"):
        git(committed.folder, "config", name, f"touch {canary}")
    (committed.folder / ".gitattributes").write_text("*.png filter=x\n")
    hook = committed.folder / ".git" / "hooks" / "post-index-change"
    hook.write_text(f"#!/bin/sh\ntouch {canary}\n")
    hook.chmod(0o755)
    _edit(committed)
    committed.errors()
    assert ask_git(committed.root, HOME) is None
    for name in ("filter.x.clean", "filter.x.process"):
        git(committed.folder, "config", "--unset", name)
    committed.errors()
    assert vouched(committed) == set()
    assert not canary.exists()


def test_a_pointer_of_git_lfs_is_not_taken_for_its_content(cached: Brand, opened: Counter[str], draw: Draw) -> None:
    """The pointer was committed, the cache was filled from a clone without contents; then the contents arrive."""
    path = cached.root / "images" / "p0.png"
    content = draw(seed=77)
    from hashlib import sha256

    pointer = (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256(content).hexdigest()}\nsize {len(content)}\n"
    )
    path.write_text(pointer)
    (cached.folder / ".gitattributes").write_text("*.png filter=lfs -text\n")
    commit(cached.folder)
    assert [image.has_content for image in cached.resolve().datasets[POSES].images].count(False) == 1
    path.write_bytes(content)
    git(cached.folder, "update-index", "--assume-unchanged", "manifests/images/p0.png")
    git(cached.folder, "update-index", "--no-assume-unchanged", "manifests/images/p0.png")
    assert all(image.has_content for image in cached.resolve().datasets[POSES].images)


def test_bytes_that_are_not_those_of_the_commit_are_never_filed_under_its_tree(
    committed: Brand, draw: Draw, tmp_path: Path
) -> None:
    """A filter of the person's own wrote something else into the work tree, and git takes it for clean."""
    other = draw(seed=78)
    (tmp_path / "other.png").write_bytes(other)
    config = ("-c", f"filter.x.smudge=cat {tmp_path}/other.png", "-c", "filter.x.clean=git cat-file blob HEAD:%f")
    attributes = ("-c", f"core.attributesFile={tmp_path}/attributes")
    (tmp_path / "attributes").write_text("p0.png filter=x\n")
    (committed.root / "images" / "p0.png").unlink()
    git(committed.folder, *config, *attributes, "checkout", "--", "manifests/images/p0.png")
    assert (committed.root / "images" / "p0.png").read_bytes() == other
    os.utime(committed.root / "images" / "p0.png", ns=(10**18, 10**18))
    git(committed.folder, *config, *attributes, "update-index", "--refresh")
    assert "images" in vouched(committed)
    first = digests(committed.resolve())
    clone = cloned(committed)
    assert digests(clone.resolve()) != first
    assert digests(committed.resolve()) == first


def test_text_is_not_filed_under_a_tree(cached: Brand, opened: Counter[str]) -> None:
    """Of a file without a NUL byte nobody knows which line ends git gives it in another clone."""
    cached.write("images/p5.png", b"no image\nat all\n")
    commit(cached.folder)
    cached.problems()
    opened.clear()
    cloned(cached).problems()
    assert opened["images/p5.png"] == 1


@pytest.mark.parametrize("how", ["no repository", "no commit", "file", "link", "no git", "settings unreadable"])
def test_without_a_plain_repository_the_files_themselves_are_looked_at(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(load_module, "ASK_GIT_FROM", 0)
    place = brand.folder / ".git"
    if how != "no repository":
        git(brand.folder, "init", "--quiet")
    if how == "file":
        place.rename(brand.folder / "elsewhere")
        place.write_text("gitdir: elsewhere\n")
    elif how == "link":
        place.rename(brand.folder / "elsewhere")
        place.symlink_to("elsewhere")
    elif how == "no git":
        monkeypatch.setenv("PATH", "/nonexistent")
    elif how == "settings unreadable":
        (place / "config").write_text("[core\n")
    checkout = ask_git(brand.root, HOME)
    assert checkout is None or (how == "no commit" and not checkout.trees() and not checkout.blobs())
    assert len(brand.resolve().datasets[POSES].images) == 5


def test_a_folder_inside_of_an_untracked_one_is_not_vouched_for(committed: Brand, draw: Draw) -> None:
    committed.write("outer/inner/d.png", draw(seed=9))
    commit(committed.folder)
    assert "outer" in vouched(committed)
    git(committed.folder, "rm", "--quiet", "-r", "--cached", "manifests/outer")
    assert vouched(committed) == {"", "images"}


def test_a_submodule_is_not_vouched_for(committed: Brand) -> None:
    module = committed.folder.parent / "module"
    module.mkdir()
    git(module, "init", "--quiet")
    shutil.copy(committed.root / "images" / "p0.png", module / "p0.png")
    commit(module)
    git(
        committed.folder,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        str(module),
        "manifests/sub",
    )
    git(committed.folder, "commit", "--quiet", "-m", "x")
    assert vouched(committed) == {"", "images"}


def test_small_trees_start_no_git(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    commit_new(brand)

    def refused(*_: object) -> None:
        raise AssertionError("git was asked")

    monkeypatch.setattr(git_tree_ids, "GitTreeIds", refused)
    begin_asking(brand.root, HOME)
    assert load(brand.root, cache=brand.cache).problems == ()


def test_what_git_began_early_is_taken_once(
    cached: Brand, opened: Counter[str], draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_tree_ids, "INDEX_FROM", 0)
    begun: list[GitTreeIds] = []
    real = GitTreeIds.__init__

    def beginning(self: GitTreeIds, repository: Repository, below: str, *, sees_untracked: bool) -> None:
        begun.append(self)
        real(self, repository, below, sees_untracked=sees_untracked)

    monkeypatch.setattr(GitTreeIds, "__init__", beginning)
    monkeypatch.chdir(cached.folder)
    begin_asking(Path("manifests"), HOME)
    before = digests(cached.resolve())
    assert (len(begun), sum(opened.values())) == (1, 0)
    cached.write("images/p0.png", draw(seed=77))
    assert digests(cached.resolve()) != before, "the next reading asks again"
    assert len(begun) == 2


def test_git_is_stopped_where_the_tree_turns_out_to_be_small_or_to_be_none(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_new(brand)
    monkeypatch.setattr(git_tree_ids, "INDEX_FROM", 0)
    stopped = []
    real = GitTreeIds.stop

    def stopping(self: GitTreeIds) -> None:
        real(self)
        stopped.append(self)

    monkeypatch.setattr(GitTreeIds, "stop", stopping)
    begin_asking(brand.root, HOME)
    assert brand.load().problems == ()
    assert len(stopped) == 1
    begin_asking(brand.folder / "none", HOME)
    assert load(brand.folder / "none", cache=brand.cache).problems
    assert len(stopped) == 2


def test_a_part_of_a_folder_is_taken_from_what_is_known_of_all_of_it(
    cached: Brand, opened: Counter[str], draw: Draw
) -> None:
    text = (cached.root / "lora.yaml").read_text()
    cached.write("lora.yaml", text.replace("{path: images/}", '{path: images/, include: ["p[01].png"]}'))
    assert sorted(digests(cached.resolve())) == ["p0.png", "p1.png"]
    assert sum(opened.values()) == 0
