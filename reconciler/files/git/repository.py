"""Git, asked about a repository in such a way that nothing in it or around it can make git run anything (H83).

The tree under review may come from anybody, with its `.git/config`, attributes and hooks. So only commands that read are
used: no filter, no textconv, no hook, no file monitor, no lazy fetch. The repository is found here and named to git: git's own
search would also take a folder of the tree that looks like a bare repository, with the configuration in it.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from reconciler.core.pattern import pattern
from reconciler.core.text import quoted, shown
from reconciler.core.value import dataclass

LISTING_LIMIT = 64 * 1024 * 1024
"""Bytes of an answer that is held in memory. A few bytes of tree objects can describe millions of paths."""

_BLOCK = 1024 * 1024
_REVISION = pattern(r"[\w@][\w./@{}^~+#=,%!-]{0,199}")
_OPTIONS = (
    "--no-pager",
    "--no-optional-locks",  # `git status` would else write the index, while somebody else may be at work
    "--no-replace-objects",  # refs/replace/ can make an id stand for another content
    "--literal-pathspecs",  # a folder may be called ":(top)x"
    *("-c", "core.fsmonitor=false"),  # may name a program that `git status` starts
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "protocol.allow=never"),
)
_ENVIRON = {
    "LC_ALL": "C",  # answers in English, paths as bytes
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone would else fetch what is missing, with the person's credentials
    "GIT_ALLOW_PROTOCOL": "none",
}
"""All that git's process gets. Nothing of ours: no GIT_ variable could point it elsewhere, and no token could leak."""

_STRICT = (
    *("-c", "core.trustctime=true"),
    *("-c", "core.checkStat=default"),
)
"""Overrules the repository, which could ask git to compare less: then an edited file might count as unchanged."""


class RevisionRefused(Exception):
    """A revision that cannot be read. The message says what to do, in whole sentences."""


class TreeEntry(NamedTuple):
    """One path of a commit: `mode` as git writes it (`100644`, `120000`, `160000`), `path` below the folder asked for."""

    mode: str
    oid: str
    path: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitListing:
    """All that a commit holds below a folder.

    `entries` are files, links and submodules. `sizes` are the bytes of each file and link, by its path, where they were asked
    for, and `folders` the ids of the folders by their paths ("" is the folder itself).
    """

    entries: tuple[TreeEntry, ...]
    sizes: Mapping[bytes, int] | None
    folders: Mapping[bytes, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository: the program to ask, and the top of its work tree."""

    program: str
    top: Path

    def commit(self, rev: str) -> str:
        """The id of the commit that a revision names; RevisionRefused if it is not here, with what to do."""
        checked_revision(rev)
        found = self._ask("rev-parse", "--verify", "--end-of-options", f"{rev}^{{commit}}")
        if found is not None:
            return found.decode().strip()
        if self._ask("rev-parse", "--git-dir") is None:
            raise RevisionRefused(
                f"Git cannot read the repository in {shown(str(self.top))}. `git status` there may say why."
            )
        if self.is_shallow():
            raise RevisionRefused(
                f"Revision {quoted(rev)} is not in this clone, which holds only a part of the history. "
                "Fetch all of it: `git fetch --unshallow`, or `fetch-depth: 0` where a workflow checks out."
            )
        raise RevisionRefused(
            f"Revision {quoted(rev)} is not in this repository. Fetch it first; "
            "a branch that is only on the remote is called origin/NAME."
        )

    def head(self) -> str | None:
        """The id of the commit that is checked out; None if there is none."""
        found = self._ask("rev-parse", "--verify", "--end-of-options", "HEAD^{commit}")
        return None if found is None else found.decode().strip()

    def require_related(self, commit: str, rev: str) -> None:
        """RevisionRefused if the checked-out commit shares no history with it. In a shallow clone that cannot be known."""
        if self._ask("merge-base", "HEAD", commit) is not None or self.head() is None or self.is_shallow():
            return
        raise RevisionRefused(
            f"Revision {quoted(rev)} has no history in common with what is checked out, so it is no base of it. "
            "Name the branch that this change goes into; `fetch-depth: 0` fetches all of them where a workflow checks out."
        )

    def commits(
        self, folder: str, most: int, *, newest: str = "HEAD", is_mainline: bool = False
    ) -> tuple[str, ...] | None:
        """The commits that changed a folder ("" is the top), the newest first, `most` of them; None if git cannot tell.

        On the main line are those that a branch itself was at: of a merge the branch that was merged is left out.
        """
        where = ["--", folder] if folder else []
        line = ["--first-parent"] if is_mainline else []
        listed = self._ask("rev-list", "--full-history", *line, f"--max-count={most}", newest, *where)
        return None if listed is None else tuple(listed.decode().split())

    def entries(self, commit: str, folder: str) -> tuple[TreeEntry, ...]:
        """All files, links and submodules of a commit below a folder ("" is the top); none if there is no such folder."""
        listed = self._ask("ls-tree", "-r", "-z", "--full-tree", commit, *(["--", folder] if folder else []))
        if listed is None:
            raise unreadable(commit)
        start = os.fsencode(f"{folder}/") if folder else b""
        found = []
        for line in listed.split(b"\0")[:-1]:
            head, _, path = line.partition(b"\t")
            mode, _, oid = head.decode().split(" ")
            if path.startswith(start):
                found.append(TreeEntry(mode=mode, oid=oid, path=path.removeprefix(start)))
        return tuple(found)

    def listing(self, commit: str, folder: str, *, is_sized: bool = True) -> CommitListing:
        """The same, with the ids of the folders, and the size of each file if `is_sized`.

        For sizes git looks at each object. RevisionRefused if one is not in this clone.
        """
        with_sizes = ("-l",) if is_sized else ()
        where = ("--", folder) if folder else ()
        listed = self._ask("ls-tree", "-r", "-t", *with_sizes, "-z", "--full-tree", commit, *where)
        if listed is None:
            raise unreadable(commit)
        start = os.fsencode(f"{folder}/") if folder else b""
        entries: list[TreeEntry] = []
        sizes: dict[bytes, int] = {}
        folders: dict[bytes, str] = {}
        for line in listed.split(b"\0")[:-1]:
            head, _, path = line.partition(b"\t")
            mode, kind, oid, *size = head.split()
            if kind == b"tree":
                if (path + b"/").startswith(start):
                    folders[(path + b"/").removeprefix(start).rstrip(b"/")] = oid.decode()
            elif path.startswith(start):
                below = path.removeprefix(start)
                entries.append(TreeEntry(mode=mode.decode(), oid=oid.decode(), path=below))
                if is_sized and kind == b"blob":
                    if not size[0].isdigit():
                        raise unreadable(oid.decode())
                    sizes[below] = int(size[0])
        return CommitListing(entries=tuple(entries), sizes=sizes if is_sized else None, folders=folders)

    def sizes(self, oids: Sequence[str]) -> list[int]:
        """The bytes of some blobs. RevisionRefused if one is not in this clone."""
        if not oids:
            return []
        with self._start("cat-file", "--batch-check", stdin=subprocess.PIPE) as process:
            answer, _ = process.communicate("".join(f"{oid}\n" for oid in oids).encode())
        found = [line.split() for line in answer.splitlines()]
        if len(found) < len(oids):
            raise unreadable(oids[len(found)])
        for oid, words in zip(oids, found, strict=True):
            if len(words) != 3 or words[1] != b"blob":
                raise unreadable(oid)
        return [int(words[2]) for words in found]

    @contextmanager
    def blobs(self) -> Iterator["Blobs"]:
        """The contents of files, raw, one after the other."""
        with self._start("cat-file", "--batch", stdin=subprocess.PIPE) as process:
            try:
                yield Blobs(process)
            finally:
                process.kill()

    def begin(self, into: BinaryIO, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a command on the work tree. Its answer goes to a file, so that it never waits for a reader."""
        return self._start(f"--work-tree={self.top}", *_STRICT, *arguments, stdin=subprocess.DEVNULL, stdout=into)

    def settings(self, pattern: str, home: Mapping[str, str]) -> tuple[tuple[str, str], ...] | None:
        """Scope and name of each setting whose name fits a pattern, the person's own too; None if git does not say.

        Reading settings runs nothing, whatever they hold.
        """
        listed = self._ask("config", "--show-scope", "--name-only", "-z", "--list", environ=_asking(home))
        if listed is None:
            return None
        words = listed.decode("utf-8", "replace").split("\0")
        return tuple(
            (scope, name) for scope, name in zip(words[::2], words[1::2], strict=False) if re.fullmatch(pattern, name)
        )

    def ignored(self, paths: Sequence[str]) -> frozenset[bytes]:
        """Those of the paths below the top that no commit takes up, as rules in the repository say."""
        here = (f"--work-tree={self.top}", "-C", str(self.top), "-c", "core.quotePath=false")
        # `check-ignore` knows no literal paths; behind `./` none of them begins with magic.
        named = (f"./{path}" for path in paths)
        found = self._ask("--no-literal-pathspecs", *here, "check-ignore", "--", *named)
        return frozenset(path.removeprefix(b"./") for path in (found or b"").split(b"\n"))

    def is_shallow(self) -> bool:
        """Does this clone hold only a part of the history?"""
        return (self._ask("rev-parse", "--is-shallow-repository") or b"").strip() == b"true"

    def _ask(self, *arguments: str, environ: Mapping[str, str] | None = None) -> bytes | None:
        """The whole answer of a command; None if git fails, RevisionRefused if the answer is too long."""
        with self._start(*arguments, stdin=subprocess.DEVNULL, environ=environ) as process:
            answer = _pipe(process.stdout).read(LISTING_LIMIT + 1)
            if len(answer) > LISTING_LIMIT:
                process.kill()
                raise RevisionRefused("This revision holds more files than can be read. Is --root the right folder?")
        return answer if process.returncode == 0 else None

    def _start(
        self,
        *arguments: str,
        stdin: int,
        stdout: int | BinaryIO = subprocess.PIPE,
        environ: Mapping[str, str] | None = None,
    ) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - a full path, no shell, no word of the tree's among the options
            [self.program, f"--git-dir={self.top / '.git'}", *_OPTIONS, *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            cwd=Path(self.program).parent,
            env=environ or _ENVIRON,
        )


class Blobs:
    """Contents of files, from one `git cat-file --batch`: ask for a blob, take its bytes, ask for the next."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._questions = _pipe(process.stdin)
        self._answers = _pipe(process.stdout)

    def size(self, oid: str) -> int:
        """Ask for a blob; its size in bytes. RevisionRefused if this clone does not hold it."""
        self._questions.write(f"{oid}\n".encode())
        self._questions.flush()
        head = self._answers.readline().split()
        if len(head) != 3 or head[1] != b"blob":
            raise unreadable(oid)
        return int(head[2])

    def copy(self, oid: str, size: int, into: BinaryIO) -> None:
        """Take all bytes of the blob that was asked for last."""
        content = self.content(oid, size)
        while piece := content.read(_BLOCK):
            into.write(piece)

    def content(self, oid: str, size: int) -> "BlobContent":
        """The bytes of the blob that was asked for last. They must be read to their end before another is asked for."""
        return BlobContent(self._answers, oid, size)


class BlobContent:
    """The bytes of one blob, read piece by piece."""

    def __init__(self, answers: IO[bytes], oid: str, size: int) -> None:
        self._answers = answers
        self._oid = oid
        self._left = size
        self._is_open = True

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most so many; none at the end. RevisionRefused if git breaks off."""
        piece = self._answers.read(min(self._left, size)) if self._left else b""
        if self._left and not piece:
            raise unreadable(self._oid)
        self._left -= len(piece)
        if not self._left and self._is_open:
            self._is_open = False
            self._answers.read(1)  # the line ends
        return piece


def find_repository(root: Path) -> tuple[Repository, str]:
    """The repository that a folder lies in, and the folder's path below its top. The folder itself may be missing."""
    place = Path(os.path.realpath(root))
    top = next((folder for folder in (place, *place.parents) if (folder / ".git").exists()), None)
    if top is None:
        raise RevisionRefused(f"{shown(str(root))} lies in no git repository, so it has no revisions.")
    below = str(place.relative_to(top))
    return Repository(program=_program(top), top=top), "" if below == "." else below


def checked_revision(rev: str) -> None:
    """RevisionRefused for anything but a plain name of one revision: an option, a range, a path, a command (H84)."""
    if not _REVISION.fullmatch(rev) or ".." in rev:
        raise RevisionRefused(
            f"{quoted(rev)} names no revision. Write a branch, a tag or a commit, as main, v1.2, HEAD~1 or 3f2a91c."
        )


def unreadable(oid: str) -> RevisionRefused:
    """An object that is damaged, or was never fetched."""
    return RevisionRefused(
        f"Object {oid[:12]} is damaged or not in this clone. `git fsck` tells which; "
        "a partial clone (`--filter`) must be cloned in full."
    )


def _asking(home: Mapping[str, str]) -> dict[str, str]:
    """The environment for a question about settings: it names the places where the person keeps theirs."""
    hidden = {"GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL"}
    places = {name: home[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in home}
    return {name: value for name, value in _ENVIRON.items() if name not in hidden} | places


def _program(top: Path) -> str:
    """The full path of git. It is not looked for in the tree, nor in a folder relative to the working folder (H83)."""
    places = [Path(place) for place in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    safe = [str(place) for place in places if place.is_absolute() and not place.resolve().is_relative_to(top)]
    found = shutil.which("git", path=os.pathsep.join(safe))
    if found is None:
        raise RevisionRefused("Git is not installed, or not on PATH, so no revision can be read.")
    return found


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None, "it was asked for"
    return stream
