"""Which folders below a root hold, byte for byte, a tree of the commit that is checked out, as far as git can know.

A tree's id stands for its content: it is the same in every clone, unlike times and inodes. Git is asked what differs from the
commit, and is not believed where it cannot know: see `GitTreeIds.trees`. Nothing of the repository is run.

To look for files that it does not know, git reads each folder, which is a third of its work. Where a caller compares the names in
a folder with those of its tree, that is not asked for (`sees_untracked`).
"""

import os
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from reconciler.core.value import dataclass
from reconciler.files.git.repository import LISTING_LIMIT, Repository, RevisionRefused, find_repository

ATTRIBUTES = ".gitattributes"

INDEX_FROM = 40_000
"""Bytes of an index with some 500 files. From here on git is started before anybody has looked at the tree."""

_STATUS = (
    *("status", "--porcelain=v2", "--branch", "-z"),
    *("--no-renames", "--no-ahead-behind", "--ignore-submodules=all"),
)
_PACE = () if (os.cpu_count() or 1) > 2 else ("-c", "core.preloadIndex=false")
"""Git looks at files with up to 20 threads. On two processors they hold up this process, which has more to do than git."""

_UNTRACKED = ("--untracked-files=normal", "--ignored=traditional")
_NO_UNTRACKED = ("--untracked-files=no",)
_FLAGS = ("ls-files", "-v", "-z")
_HEAD = ("rev-parse", "--verify", "--end-of-options", "HEAD^{commit}")
_FOLDERS = ("ls-tree", "-d", "-z", "--full-tree")
_PARENTS_LIMIT = 100
"""Folders that are named to git; of a tree where more hold others, all folders are listed, for which git reads each of them."""
_WITHOUT_LFS = tuple(
    word for setting in ("clean=", "smudge=", "process=", "required=false") for word in ("-c", f"filter.lfs.{setting}")
)
"""Overrules what the repository may say of Git LFS: nothing is run, so a file whose times changed counts as changed."""
_UNSOUND = r"core\.attributesfile|filter\..*\.(?:clean|smudge|process)"
_FIELDS = {b"1": 8, b"u": 10, b"?": 1, b"!": 1}
"""Fields before the path, by the kind of a line of `git status --porcelain=v2`."""

_ATTRIBUTES_LIMIT = 1024 * 1024
_CONVERTING = frozenset({"text", "crlf", "eol", "ident", "filter", "working-tree-encoding"})

Ids = Mapping[bytes, str]


@dataclass(frozen=True, slots=True)
class _Running:
    """A command of git at work, and the file that its answer goes to."""

    process: "subprocess.Popen[bytes]"
    file: BinaryIO

    def read(self) -> bytes | None:
        """Wait for the end; None if git failed, or answered more than fits into memory."""
        with self.file as file:
            if self.process.wait() != 0 or os.fstat(file.fileno()).st_size > LISTING_LIMIT:
                return None
            file.seek(0)
            return file.read()

    def stop(self) -> None:
        """End it: nobody wants the answer."""
        self.process.kill()
        self.process.wait()
        self.file.close()


class GitTreeIds:
    """What git says of the files below a root. Git works from the start, and is waited for at the first question.

    Without `sees_untracked` it does not look for files that the commit has not, and `look_in` must be told the folders.
    """

    def __init__(self, repository: Repository, below: str, *, sees_untracked: bool = True) -> None:
        self._repository = repository
        self._below = below
        self.sees_untracked = sees_untracked
        where = ("--", below, *map(_attributes_in, _above(below))) if below else ()
        self._status = self._begin(*_PACE, *_STATUS, *(_UNTRACKED if sees_untracked else _NO_UNTRACKED), *where)
        self._flags = self._begin(*_FLAGS, *where)
        self._head = self._begin(*_HEAD)
        self._listed_commit: str | None = None
        self._listing: _Running | None = None
        self._places: Collection[str] | None = None
        self._commit: str | None = None
        self._trees: Mapping[str, str] | None = None
        self._blobs: Mapping[str, Ids] | None = None

    def look_in(self, folders: Collection[str]) -> None:
        """Say which folders there are, by their paths below the root: git begins to list their trees, and need not find them."""
        self._places = folders
        answer = self._head.read()
        if answer is not None:
            self._listed_commit = answer.decode().strip()
            self._listing = self._begin_listing(self._listed_commit)

    def trees(self) -> Mapping[str, str]:
        """The id of the tree that a folder holds, by its path below the root. A folder that differs in any way is left out.

        Left out are folders with a file that is changed, staged, unmerged, untracked or ignored; folders with a file that git
        was told not to look at (`assume-unchanged`, `skip-worktree`, so all of a sparse checkout); submodules and links. If
        attributes may make the bytes on the disk differ from the commit (filters, line ends), all are left out. Git LFS may: its folders
        hold the files of the tree, or the pointers that the tree has.

        Without `sees_untracked`, a folder may hold files besides those of its tree.
        """
        if self._trees is None:
            self._trees = self._vouched()
            for unread in (self._head, self._listing):  # where nothing is vouched for, nobody has waited for it
                self._end(unread)
        return self._trees

    def stop(self) -> None:
        """End git: nobody asks any more."""
        for running in (self._status, self._flags, self._head, self._listing):
            self._end(running)

    def _end(self, running: _Running | None) -> None:
        if running is not None:
            running.stop()

    def blobs(self) -> Mapping[str, Ids]:
        """The ids of the files of each folder, by their names, as the same commit has them."""
        if self._blobs is None:
            self._blobs = self._listed() if self.trees() else {}
        return self._blobs

    def _begin(self, *arguments: str) -> _Running:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever reads the answer closes it
        return _Running(self._repository.begin(file, *_WITHOUT_LFS, *arguments), file)

    def _begin_listing(self, commit: str) -> _Running:
        """List the folders of a commit at and below the root, as far as there are folders on the disk."""
        parents = {path.rpartition("/")[0] for path in self._places or () if path}
        is_known = self._places is not None and len(parents) <= _PARENTS_LIMIT
        if is_known and self._below:
            # The slash asks for what a folder holds, and `-t` for the folder itself.
            holders = sorted({f"{self._below}/", *(f"{self._below}/{path}/" for path in parents if path)})
            return self._begin(*_FOLDERS, "-t", commit, "--", *holders)
        if is_known and parents <= {""}:
            return self._begin(*_FOLDERS, commit)
        return self._begin(*_FOLDERS, "-r", commit, *(("--", self._below) if self._below else ()))

    def _vouched(self) -> Mapping[str, str]:
        status, flags = self._status.read(), self._flags.read()
        if status is None or flags is None:
            return {}
        self._commit = _commit_in(status)
        if self._commit is None or self._may_convert(flags):
            return {}
        changed, unwatched = _changed(status), list(_unwatched(flags))
        # An attributes file that is not the committed one may have converted files that git calls unchanged.
        if changed is None or any(map(_is_attributes, (*changed, *unwatched))):
            return {}
        start = self._start
        dirty = {path.rpartition(b"/")[0] for path in (*changed, *unwatched) if not path.endswith(b"/")}
        closed = tuple(path for path in changed if path.endswith(b"/"))
        found = {}
        for path, oid in self._folders(self._commit).items():
            if path not in dirty and not (closed and (path + b"/").startswith(closed)):
                found[os.fsdecode((path + b"/").removeprefix(start).rstrip(b"/"))] = oid
        return found

    def _folders(self, commit: str) -> Ids:
        """Every folder of the commit at or below the root, by its path below the top."""
        begun = self._listing if commit == self._listed_commit else None
        answer = (begun or self._begin_listing(commit)).read()
        found = {}
        for line in (answer or b"").split(b"\0")[:-1]:
            head, _, path = line.partition(b"\t")
            mode, kind, oid = head.split()
            if kind == b"tree" and mode == b"040000" and (path + b"/").startswith(self._start):
                found[path] = oid.decode()
        return found

    @property
    def _start(self) -> bytes:
        """What the paths of the root begin with, as git writes them."""
        return os.fsencode(f"{self._below}/") if self._below else b""

    def _listed(self) -> Mapping[str, Ids]:
        assert self._commit is not None, "there are trees, so there is a commit"
        found: dict[str, dict[bytes, str]] = {}
        try:
            for entry in self._repository.entries(self._commit, self._below):
                folder, _, name = entry.path.rpartition(b"/")
                found.setdefault(os.fsdecode(folder), {})[name] = entry.oid
        except RevisionRefused:
            return {}
        return found

    def _may_convert(self, flags: bytes) -> bool:
        """May the attributes of a tracked folder, or of one above the root, change bytes on the way to the disk?"""
        tracked = flags.split(b"\0") if ATTRIBUTES.encode() in flags else []
        inside = {os.fsdecode(line[2:]) for line in tracked if _is_attributes(line[2:])}
        if not self.sees_untracked and self._has_attributes_besides(inside):
            return True
        places = {*inside, *map(_attributes_in, (*_above(self._below), self._below))}
        return any(file_may_convert(self._repository.top / place) for place in places)

    def _has_attributes_besides(self, tracked: Collection[str]) -> bool:
        """Is there a file of attributes that git does not know? Of what is not known, nobody can tell what it said before."""
        if self._places is None:
            return True
        inside = (f"{self._below}/{folder}".strip("/") for folder in self._places)
        places = map(_attributes_in, (*_above(self._below), *inside))
        # Of a thousand names that are not there, this is told in half the time of `lexists`.
        return any(
            place not in tracked and os.access(f"{self._repository.top}/{place}", os.F_OK, follow_symlinks=False)
            for place in places
        )


_begun: dict[str, GitTreeIds | None] = {}


def begin_asking(root: Path, environ: Mapping[str, str], *, sees_untracked: bool = True) -> None:
    """Start git for the next reading of a root, while the libraries of a command are imported; only in a large repository."""
    _begun[os.path.realpath(root)] = ask_git(root, environ, least=INDEX_FROM, sees_untracked=sees_untracked)


def asked_early(root: Path, environ: Mapping[str, str], *, sees_untracked: bool = True) -> GitTreeIds | None:
    """What was begun for this reading, or what is begun now if the repository is large."""
    place = os.path.realpath(root)
    if place in _begun:
        begun = _begun.pop(place)
        if begun is None or begun.sees_untracked or not sees_untracked:
            return begun
        begun.stop()
    return ask_git(root, environ, least=INDEX_FROM, sees_untracked=sees_untracked)


def stop_asking(root: Path) -> None:
    """Stop what was begun for a root that cannot be read."""
    begun = _begun.pop(os.path.realpath(root), None)
    if begun is not None:
        begun.stop()


def ask_git(
    root: Path, environ: Mapping[str, str], *, least: int = 0, sees_untracked: bool = True
) -> GitTreeIds | None:
    """Start git; None if the root lies in no repository, or git cannot be asked without running something.

    A work tree beside its repository (`git worktree`, a submodule) is not asked about: its settings lie elsewhere. `least` are the
    bytes that the index of the repository must have: it grows with the number of files.
    """
    try:
        repository, below = find_repository(root)
    except (RevisionRefused, OSError):
        return None
    git = repository.top / ".git"
    if git.is_symlink() or not git.is_dir() or _size(git / "index") < least:
        return None
    try:
        unsound = repository.settings(_UNSOUND, environ)
    except (RevisionRefused, OSError):
        return None
    if unsound is None or any(_is_unsound(scope, name) for scope, name in unsound):
        return None
    if any(map(file_may_convert, (git / "info" / "attributes", *_own_attributes(environ)))):
        return None
    try:
        return GitTreeIds(repository, below, sees_untracked=sees_untracked)
    except OSError:
        return None


def _size(path: Path) -> int:
    """Bytes of a file; none if there is no such file."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_unsound(scope: str, name: str) -> bool:
    """A filter of the person is not known to the git that is started here; one of the repository would be run, but for Git LFS."""
    return name == "core.attributesfile" or (scope in {"local", "worktree"} and not name.startswith("filter.lfs."))


def _own_attributes(environ: Mapping[str, str]) -> Iterator[Path]:
    """The files with the attributes of the machine and of the person."""
    yield Path("/etc/gitattributes")
    if "XDG_CONFIG_HOME" in environ:
        yield Path(environ["XDG_CONFIG_HOME"], "git", "attributes")
    if "HOME" in environ:
        yield Path(environ["HOME"], ".config", "git", "attributes")


def _above(below: str) -> list[str]:
    """The folders above the root, from the top of the repository down."""
    parts = below.split("/") if below else []
    return ["/".join(parts[:count]) for count in range(len(parts))]


def _attributes_in(folder: str) -> str:
    return f"{folder}/{ATTRIBUTES}" if folder else ATTRIBUTES


def _is_attributes(path: bytes) -> bool:
    return path.rpartition(b"/")[2] == ATTRIBUTES.encode()


def _commit_in(status: bytes) -> str | None:
    """The commit that a status compares with; None if there is none, or its ids are not SHA-1."""
    for line in status.split(b"\0"):
        if line.startswith(b"# branch.oid "):
            oid = line.removeprefix(b"# branch.oid ").decode()
            return oid if len(oid) == 40 and set(oid) <= set("0123456789abcdef") else None
    return None


def _changed(status: bytes) -> list[bytes] | None:
    """The paths that differ from the commit, a whole folder with a slash behind it; None for an unknown answer."""
    found = []
    for line in status.split(b"\0"):
        kind = line[:1]
        if kind in _FIELDS:
            found.append(line.split(b" ", _FIELDS[kind])[-1])
        elif kind and kind != b"#":
            return None
    return found


def _unwatched(flags: bytes) -> Iterator[bytes]:
    """The paths that git was told not to look at, and those it cannot judge."""
    if flags.count(b"\0") == flags.count(b"\0H ") + flags.startswith(b"H "):
        return
    for line in flags.split(b"\0"):
        if line and not line.startswith(b"H "):
            yield line[2:]


def may_convert(text: bytes) -> bool:
    """May these attributes change bytes on the way to the disk, other than line ends of files that git sees as text?

    `text=auto` may not: it leaves alone each file that holds a NUL byte, and only such files are vouched for. Git LFS does not
    count: that a pointer in the tree stands for the bytes on the disk is proved file by file (`DigestTable.form_in`).
    """
    return any(_line_converts(line.split()) for line in text.decode("utf-8", "replace").splitlines())


def file_may_convert(path: Path) -> bool:
    """The same for a file of attributes. One that cannot be read may convert; one that is missing does not."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        text = os.read(handle, _ATTRIBUTES_LIMIT + 1)
    except OSError:
        return True
    finally:
        os.close(handle)
    return len(text) > _ATTRIBUTES_LIMIT or may_convert(text)


def _line_converts(words: list[str]) -> bool:
    if not words or words[0].startswith("#"):
        return False
    said = words[1:]
    has_safe_text = bool({"text=auto", "-text", "binary"} & set(said))
    return any(_converts(word, has_safe_text=has_safe_text) for word in said)


def _converts(word: str, *, has_safe_text: bool) -> bool:
    name, _, value = word.lstrip("-!").partition("=")
    if word.startswith("-") or name not in _CONVERTING or word == "filter=lfs":
        return False
    return not (has_safe_text if name == "eol" else name == "text" and value == "auto")
