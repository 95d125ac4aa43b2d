"""A revision of the tree is read as it is in git, and nothing of it is run."""

import os
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from reconciler.core.problem import ProblemsFound
from reconciler.files.caption.reading import DOCUMENT_SUFFIX, LINES_NAME, SIDECAR_SUFFIXES, YAML_NAME
from reconciler.files.git import repository as git
from reconciler.files.git.repository import RevisionRefused, find_repository
from reconciler.files.git.revision import LIMITS, Limits, revision_name, short_revision
from reconciler.files.git.revision_tree import RevisionTree, revision_tree
from reconciler.files.image.image_file import FILE_LIMIT
from reconciler.files.tree_listing import join

NO_REVISIONS = """\
--upload-pack=touch /tmp/x
-x
$(id)
`id`
a b
HEAD:x
a..b
:/text
^HEAD
""".splitlines()


class Repo:
    """A repository that a test writes into with the git of a careless person, filters and hooks and all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "manifests"
        self.proof = folder.parent / "proof"
        self.root.mkdir(parents=True)
        self("init", "--quiet", "--initial-branch=main")
        for key, value in (("user.name", "a"), ("user.email", "a@b"), ("protocol.file.allow", "always")):
            self("config", key, value)

    def __call__(self, *arguments: str, data: bytes | None = None) -> str:
        ran = subprocess.run(["git", *arguments], cwd=self.folder, input=data, capture_output=True, check=True)
        return ran.stdout.decode().strip()

    def commit(self, **files: str) -> str:
        for name, text in files.items():
            (self.root / name).write_text(text)
        self("add", "--all")
        self("commit", "--quiet", "--allow-empty", "--no-verify", "-m", "x")
        return self("rev-parse", "HEAD")

    def command(self, name: str) -> Path:
        """A program that leaves a proof of having been run."""
        place = self.folder.parent / name
        place.write_text(f"#!/bin/sh\ntouch {self.proof}\ncat\n")
        place.chmod(0o755)
        return place

    def blob(self, data: bytes) -> str:
        return self("hash-object", "-w", "--stdin", "--literally", "-t", "blob", data=data)

    def tree(self, *rows: tuple[str, str, str]) -> str:
        """A tree object with rows that git would not write itself: mode, id, name."""
        data = b"".join(f"{mode} {name}".encode() + b"\0" + bytes.fromhex(oid) for mode, oid, name in rows)
        return self("hash-object", "-w", "--stdin", "--literally", "-t", "tree", data=data)

    def commit_tree(self, *rows: tuple[str, str, str]) -> str:
        """A commit whose `manifests` is such a tree."""
        top = self.tree(("40000", self.tree(*rows), "manifests"))
        return self("commit-tree", "-m", "x", top)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


@contextmanager
def revision(root: Path, rev: str, limits: Limits = LIMITS) -> Iterator[Path]:
    """The tree of a revision as its readers see it, written into a folder. Links are files that say so."""
    with revision_tree(root, rev, limits=limits) as tree, TemporaryDirectory() as place:
        lay(tree, "", Path(place) / "tree")
        yield Path(place) / "tree"


def lay(tree: RevisionTree, path: str, place: Path) -> None:
    place.mkdir()
    here = tree.entries(path, 99)
    for name in here.files:
        (place / name).write_bytes(tree.read(join(path, name), FILE_LIMIT))
    for name in here.linked:
        (place / name).write_text("a link")
    for name in here.folders:
        lay(tree, join(path, name), place / name)


CAPTIONS = [f"wave{suffix}" for suffix in (*SIDECAR_SUFFIXES, DOCUMENT_SUFFIX)] + [YAML_NAME, LINES_NAME, "schema.json"]


@pytest.mark.parametrize("name", CAPTIONS)
def test_whatever_holds_captions_or_a_schema_has_its_content(repo: Repo, name: str) -> None:
    """A plan that is compared with a base reads all of them there."""
    repo.commit(**{name: "{}"})
    with revision(repo.root, "HEAD") as folder:
        assert (folder / name).read_text() == "{}"


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_revision_is_what_the_root_was_then(repo: Repo) -> None:
    """What the root was then, whatever the working tree holds now."""
    first = repo.commit(**{"a.yaml": "one\n"})
    repo.commit(**{"a.yaml": "two\n"})
    (repo.root / "a.yaml").write_text("three\n")
    for rev in (first, first[:10], "HEAD~1", "main~1", "HEAD^", "@~1", "HEAD^{commit}~1"):
        with revision(repo.root, rev) as folder:
            assert (folder / "a.yaml").read_text() == "one\n"


def test_the_root_may_be_the_whole_repository_or_be_gone(repo: Repo) -> None:
    """A folder that only the revision has is found by its path; one that it has not is empty."""
    repo.commit(**{"a.yaml": "one\n"})
    with revision(repo.folder, "HEAD") as folder:
        assert names(folder) == {"manifests", "manifests/a.yaml"}
    (repo.root / "a.yaml").unlink()
    repo.root.rmdir()
    with revision(repo.root, "HEAD") as folder:
        assert names(folder) == {"a.yaml"}
    with revision(repo.folder / "other", "HEAD") as folder:
        assert names(folder) == set()


def test_a_root_that_is_a_link_is_what_it_leads_to(repo: Repo) -> None:
    """As for the working tree."""
    repo.commit(**{"a.yaml": "one\n"})
    (repo.folder / "link").symlink_to("manifests")
    with revision(repo.folder / "link", "HEAD") as folder:
        assert names(folder) == {"a.yaml"}


def test_a_root_that_was_no_folder_then_is_empty(repo: Repo) -> None:
    """A file, a link or a submodule of its name is not followed."""
    top = repo.tree(("120000", repo.blob(b"/etc"), "manifests"))
    with revision(repo.root, repo("commit-tree", "-m", "x", top)) as folder:
        assert names(folder) == set()


def test_a_worktree_of_the_repository_serves_too(repo: Repo, tmp_path: Path) -> None:
    """There `.git` is a file."""
    repo.commit(**{"a.yaml": "one\n"})
    repo("worktree", "add", "--quiet", str(tmp_path / "second"), "-b", "other")
    with revision(tmp_path / "second" / "manifests", "main") as folder:
        assert names(folder) == {"a.yaml"}


def test_filters_line_ends_and_keywords_do_nothing(repo: Repo) -> None:
    """H83: the bytes are the blob's; a filter, textconv or external diff that the tree asks for is never run."""
    command = repo.command("filter")
    (repo.root / ".gitattributes").write_text(
        "*.yaml filter=evil diff=evil text eol=crlf ident export-subst working-tree-encoding=UTF-16\n"
    )
    for key in ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv"):
        repo("config", key, "cat" if key.endswith("clean") else str(command))
    repo("config", "diff.external", str(command))
    oid = repo.blob(b"# $Id$ $Format:%H$\nline\n")
    commit = repo.commit_tree(
        ("100644", repo.blob((repo.root / ".gitattributes").read_bytes()), ".gitattributes"), ("100644", oid, "a.yaml")
    )
    with revision(repo.root, commit) as folder:
        assert (folder / "a.yaml").read_bytes() == b"# $Id$ $Format:%H$\nline\n"
        assert names(folder) == {"a.yaml"}
    assert not repo.proof.exists()


def test_hooks_monitors_pagers_and_aliases_do_not_run(repo: Repo) -> None:
    """H83: nothing that the repository's configuration or hooks name is started."""
    repo.commit(**{"a.yaml": "one\n"})
    command = repo.command("evil")
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        place = repo.folder / ".git/hooks" / hook
        place.write_bytes(command.read_bytes())
        place.chmod(0o755)
    settings = ["core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "alias.ls-tree", "alias.cat-file"]
    settings += ["core.alternateRefsCommand", "pager.ls-tree", "credential.helper", "uploadpack.packObjectsHook"]
    for key in settings:
        repo("config", key, f"!{command}" if key.startswith("alias") else str(command))
    with revision(repo.root, "HEAD") as folder:
        assert names(folder) == {"a.yaml"}
    assert not repo.proof.exists()


def test_a_bare_repository_inside_the_tree_is_not_taken_for_ours(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's own search would find it from inside, with the configuration that the tree brings."""
    command = repo.command("evil")
    (repo.root / "objects").mkdir()
    (repo.root / "refs").mkdir()
    (repo.root / "objects/a.txt").write_text("")
    (repo.root / "refs/a.txt").write_text("")
    config = f"[core]\nbare = false\nworktree = .\nrepositoryformatversion = 0\nfsmonitor = {command}\n"
    repo.commit(HEAD="ref: refs/heads/main\n", config=config)
    monkeypatch.chdir(repo.root)
    with revision(Path(), "HEAD") as folder:
        assert "config" in names(folder)
    assert not repo.proof.exists()


def test_a_git_that_lies_in_the_tree_or_on_a_relative_path_is_not_run(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H83: `git` beside the manifests is a file like any other."""
    (repo.root / "git").write_bytes(repo.command("git").read_bytes())
    (repo.root / "git").chmod(0o755)
    repo.commit(**{"a.yaml": "one\n"})
    monkeypatch.chdir(repo.root)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", str(repo.root), os.environ["PATH"]]))
    with revision(repo.root, "HEAD") as folder:
        assert names(folder) == {"a.yaml", "git"}
    assert not repo.proof.exists()
    monkeypatch.setenv("PATH", ".")
    with pytest.raises(RevisionRefused, match="Git is not installed"):
        find_repository(repo.root)


def test_nothing_of_the_environment_reaches_git(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where the caller's git would look, not the caller's configuration, not the token."""
    repo.commit(**{"a.yaml": "one\n"})
    spy = tmp_path / "bin" / "git"
    spy.parent.mkdir()
    real = find_repository(repo.root)[0].program
    spy.write_text(f'#!/bin/sh\nenv >> {tmp_path}/seen\nexec {real} "$@"\n')
    spy.chmod(0o755)
    (tmp_path / "gitconfig").write_text("[core]\nbare = nonsense\n")
    monkeypatch.setenv("PATH", f"{spy.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("BRIA_API_TOKEN", "canary-1234567890")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("HOME", str(tmp_path))
    with revision(repo.root, "HEAD") as folder:
        assert names(folder) == {"a.yaml"}
    seen = (tmp_path / "seen").read_text()
    assert "GIT_ALLOW_PROTOCOL=none" in seen
    assert not any(word in seen for word in ("canary", "/nowhere", "GIT_TRACE", "gitconfig", "HOME="))
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("rev", [*NO_REVISIONS, "", "a\nb", "é\x00"])
def test_what_is_no_revision_never_reaches_git(repo: Repo, rev: str) -> None:
    """H84: options, commands, ranges and paths are refused by their look."""
    repo.commit(**{"a.yaml": "one\n"})
    with pytest.raises(RevisionRefused, match="names no revision"), revision(repo.root, rev):
        pass


def test_a_branch_with_an_unusual_name_is_found(repo: Repo) -> None:
    """Letters of any script, and what people put into branch names."""
    repo.commit(**{"a.yaml": "one\n"})
    for name in ("feature/#12-größe", "a+b=c", "2024,neu!"):
        repo("branch", name)
        with revision(repo.root, name) as folder:
            assert names(folder) == {"a.yaml"}


def test_a_missing_revision_says_what_to_do(repo: Repo, tmp_path: Path) -> None:
    """H85: in a shallow clone, fetch the history; else fetch the branch."""
    repo.commit(**{"a.yaml": "one\n"})
    repo.commit(**{"a.yaml": "two\n"})
    with pytest.raises(RevisionRefused, match="origin/NAME"), revision(repo.root, "nope"):
        pass
    repo("clone", "--quiet", "--depth=1", f"file://{repo.folder}", str(tmp_path / "shallow"))
    with pytest.raises(RevisionRefused, match="fetch-depth: 0"), revision(tmp_path / "shallow/manifests", "HEAD~1"):
        pass


def test_outside_of_a_repository_there_is_no_revision(tmp_path: Path) -> None:
    """And a folder that only looks like one is said to be broken."""
    with pytest.raises(RevisionRefused, match="lies in no git repository"), revision(tmp_path, "HEAD"):
        pass
    (tmp_path / ".git").mkdir()
    with pytest.raises(RevisionRefused, match="Git cannot read the repository"), revision(tmp_path, "HEAD"):
        pass


def test_a_repository_of_another_user_is_read(repo: Repo) -> None:
    """As in a CI container: git is told where it is, and nothing in its configuration is run."""
    repo.commit(**{"a.yaml": "one\n"})
    if os.getuid() != 0:
        pytest.skip("only root can give files away")
    for path in (repo.folder, *repo.folder.rglob("*")):
        os.chown(path, 12345, 12345, follow_symlinks=False)
    with revision(repo.root, "HEAD") as folder:
        assert names(folder) == {"a.yaml"}


def test_links_are_links_and_are_not_followed(repo: Repo, tmp_path: Path) -> None:
    """Out of the tree, absolute, dangling: whoever follows them judges them as on the disk."""
    (tmp_path / "secret").write_text("secret")
    targets = {"up": "../../secret", "absolute": "/etc/passwd", "dangling": "none", "inside": "a.yaml"}
    for name, target in targets.items():
        (repo.root / name).symlink_to(target)
    repo.commit(**{"a.yaml": "one\n"})
    with revision(repo.root, "HEAD") as folder:
        assert {name: (folder / name).read_text() for name in targets} == dict.fromkeys(targets, "a link")


def test_nothing_is_written_through_a_link_of_the_tree(repo: Repo, tmp_path: Path) -> None:
    """A tree that holds a link and a folder of one name would write outside; it is refused."""
    outside = tmp_path / "outside"
    outside.mkdir()
    inner = repo.tree(("100644", repo.blob(b"evil"), "x.yaml"), ("120000", repo.blob(b"y"), "y"))
    commit = repo.commit_tree(("120000", repo.blob(str(outside).encode()), "d"), ("40000", inner, "d"))
    with pytest.raises(ProblemsFound) as found, revision(repo.root, commit):
        pass
    assert [problem.rule for problem in found.value.problems] == ["revision-path"]
    assert found.value.problems[0].location.path.endswith(":" + str(repo.root) + "/d")
    assert list(outside.iterdir()) == []


def test_names_that_climb_are_left_out(repo: Repo, tmp_path: Path) -> None:
    """`..`, `.git`, hidden files and empty parts are never read, so never written."""
    blob = repo.blob(b"evil")
    rows = [("100644", blob, name) for name in ("..", ".git", ".hidden", "/etc/x.yaml", "a/../../b.yaml", "c.yaml")]
    with revision(repo.root, repo.commit_tree(*rows)) as folder:
        assert names(folder.parent) == {"tree", "tree/c.yaml"}


def test_names_with_any_byte_are_kept(repo: Repo) -> None:
    """Line breaks, blanks, quotes, bytes that are no UTF-8."""
    odd = [b"new\nline.yaml", b' "quoted".yaml', b"\xff.yaml", b"tab\t.yaml", "größe.yaml".encode()]
    for name in odd:
        Path(os.fsdecode(os.fsencode(repo.root) + b"/" + name)).write_bytes(name)
    repo.commit()
    with revision(repo.root, "HEAD") as folder:
        assert sorted(os.fsencode(path.name) for path in folder.iterdir()) == sorted(odd)
        assert all((folder / os.fsdecode(name)).read_bytes() == name for name in odd)


def test_a_name_that_no_file_can_have_is_a_problem(repo: Repo) -> None:
    """So is a link to nowhere at all, and one whose target cannot be written."""
    blob = repo.blob(b"x")
    nul, empty = repo.blob(b"a\0b"), repo.blob(b"")
    rows = [("100644", blob, "x" * 300 + ".yaml"), ("120000", nul, "nul"), ("120000", empty, "empty")]
    for row in rows:
        with pytest.raises(ProblemsFound) as found, revision(repo.root, repo.commit_tree(row)):
            pass
        assert found.value.problems[0].rule == "revision-path"


def test_submodules_are_left_out(repo: Repo, tmp_path: Path) -> None:
    """Nothing is cloned or entered for them."""
    (repo.folder / ".gitmodules").write_text('[submodule "x"]\npath = manifests/sub\nurl = ext::sh -c touch% /tmp/x\n')
    commit = repo.commit_tree(("160000", "1" * 40, "sub"), ("100644", repo.blob(b"one"), "a.yaml"))
    with revision(repo.root, commit) as folder:
        assert names(folder) == {"a.yaml"}


def test_git_lfs_pointers_stay_pointers(repo: Repo) -> None:
    """Their digests are known without the content."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12345\n"
    repo.commit(**{"p.png": pointer, ".gitattributes": "*.png filter=lfs diff=lfs merge=lfs -text\n"})
    with revision(repo.root, "HEAD") as folder:
        assert (folder / "p.png").read_text() == pointer


LARGE = b"\0" * 10_000_001


@pytest.mark.parametrize(
    ("limits", "place", "words"),
    [
        (Limits(file=10_000_000), "manifests/big.png", "10,000,001 bytes; at most 10,000,000"),
        (Limits(total=10_000_000), "manifests", "At most 10,000,000 bytes are read in all."),
        (Limits(entries=1), "manifests", "It holds 2 files; at most 1 are read."),
    ],
)
def test_what_is_too_large_is_a_problem_of_the_revision(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, limits: Limits, place: str, words: str
) -> None:
    """One file, all files, their number; and nothing is left in the temporary folder."""
    (repo.root / "big.png").write_bytes(LARGE)
    repo.commit(**{"a.yaml": "one\n"})
    temporary = repo.folder.parent / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.chdir(repo.folder)
    with pytest.raises(ProblemsFound) as found, revision(Path("manifests"), "HEAD", limits=limits):
        pass
    (problem,) = found.value.problems
    assert (problem.rule, str(problem.location), words in problem.detail) == ("revision-limit", f"HEAD:{place}", True)
    assert list(temporary.iterdir()) == []
    with revision(Path("manifests"), "HEAD") as folder:
        assert (folder / "big.png").read_bytes() == LARGE


def test_a_long_link_is_too_large(repo: Repo) -> None:
    """Longer than any path."""
    commit = repo.commit_tree(("120000", repo.blob(b"x" * 5000), "link"))
    with pytest.raises(ProblemsFound) as found, revision(repo.root, commit):
        pass
    assert found.value.problems[0].rule == "revision-limit"


def test_a_tree_that_lists_without_end_is_stopped(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few hundred bytes of trees inside trees are a billion files."""
    monkeypatch.setattr(git, "LISTING_LIMIT", 1_000_000)
    tree = repo.tree(("100644", repo.blob(b"x"), "x.yaml"))
    for _ in range(9):
        tree = repo.tree(*(("40000", tree, str(number)) for number in range(10)))
    commit = repo("commit-tree", "-m", "x", repo.tree(("40000", tree, "manifests")))
    with pytest.raises(RevisionRefused, match="more files than can be read"), revision(repo.root, commit):
        pass


@pytest.fixture
def damaged(repo: Repo) -> tuple[Repo, Path]:
    """A repository, and the file of one blob in it."""
    repo.commit(**{"a.yaml": "one\n" * 1000})
    oid = repo("rev-parse", "HEAD:manifests/a.yaml")
    place = repo.folder / ".git/objects" / oid[:2] / oid[2:]
    place.chmod(0o644)
    return repo, place


def test_a_blob_that_is_not_in_the_clone_is_said(damaged: tuple[Repo, Path]) -> None:
    """As in a partial clone; nothing is fetched for it."""
    repo, place = damaged
    place.unlink()
    with pytest.raises(RevisionRefused, match="must be cloned in full"), revision(repo.root, "HEAD"):
        pass


def test_a_blob_that_breaks_off_is_said(damaged: tuple[Repo, Path]) -> None:
    """Git ends in the middle of an answer."""
    repo, place = damaged
    place.write_bytes(zlib.compress(b"blob 4000\0" + bytes(range(256)) * 10, 0)[:2000])
    with pytest.raises(RevisionRefused, match="is damaged"), revision(repo.root, "HEAD"):
        pass


def test_a_tree_that_is_damaged_is_said(repo: Repo) -> None:
    """It is never an empty one."""
    repo.commit(**{"a.yaml": "one\n"})
    oid = repo("rev-parse", "HEAD:manifests")
    (repo.folder / ".git/objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(RevisionRefused, match="git fsck"), revision(repo.root, "HEAD"):
        pass


def test_a_partial_clone_fetches_nothing(repo: Repo, tmp_path: Path) -> None:
    """A missing blob would be asked of the remote, by a program that the configuration names."""
    repo.commit(**{"a.yaml": "one\n"})
    repo("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    repo("clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{repo.folder}", str(clone))
    evil = repo.command("evil")
    evil.write_text(evil.read_text().replace("cat", "exit 1"))
    for key, value in (("remote.origin.uploadpack", str(evil)), ("protocol.file.allow", "always")):
        subprocess.run(["git", "config", key, value], cwd=clone, check=True)
    with pytest.raises(RevisionRefused, match="must be cloned in full"), revision(clone / "manifests", "HEAD"):
        pass
    assert not repo.proof.exists()
    subprocess.run(["git", "show", "HEAD:manifests/a.yaml"], cwd=clone, capture_output=True, check=False)
    assert repo.proof.exists(), "plain git runs it, so this test proves something"


def test_replaced_objects_do_not_count(repo: Repo) -> None:
    """`refs/replace` shows one commit for another; a review must not depend on it."""
    first = repo.commit(**{"a.yaml": "one\n"})
    second = repo.commit(**{"a.yaml": "two\n"})
    repo("replace", second, first)
    with revision(repo.root, second) as folder:
        assert (folder / "a.yaml").read_text() == "two\n"


def test_revisions_and_roots_have_short_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a person would type them."""
    monkeypatch.chdir(tmp_path)
    assert revision_name(Path("manifests"), "HEAD~1") == "HEAD~1:manifests"
    assert revision_name(tmp_path / "manifests", "a" * 40) == "aaaaaaaaaaaa:manifests"
    assert revision_name(Path("/elsewhere"), "main") == "main:/elsewhere"
    assert short_revision("main") == "main"
    assert short_revision("x" * 40) == "x" * 40
