"""Changes of a tree in a repository that git, the disk or a cache could miss: flags, links, times, bytes that look the same."""

import os
import random
from collections.abc import Callable
from pathlib import Path

from tests.files.conftest import picture
from tests.files.git.test_git_tree_ids import git


def _files(root: Path, pattern: str = "*") -> list[Path]:
    return sorted(path for path in root.rglob(pattern) if path.is_file() and not path.is_symlink())


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_dir() and not path.is_symlink())


def _other_bytes(chance: random.Random, path: Path) -> bytes:
    """Of an image another picture, of a text other words; nearly always of the same size."""
    before = path.read_bytes()
    if path.suffix != ".png":
        return before.replace(b"girl", b"gurl").replace(b"words", b"w0rds")
    found = (picture(seed=chance.randint(0, 200)) for _ in range(5))
    return next((one for one in found if len(one) == len(before) and one != before), before)


def same_size_and_time(chance: random.Random, root: Path) -> None:
    """Written in place, and the time put back."""
    path = chance.choice(_files(root))
    status, after = path.stat(), _other_bytes(chance, path)
    with path.open("r+b") as file:
        file.write(after)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def unwatched(chance: random.Random, root: Path) -> None:
    """Git is told not to look at a file, which is another one then; untracked files stay as they are."""
    path = chance.choice(_files(root))
    if git(root.parent, "ls-files", str(path)):
        git(root.parent, "update-index", chance.choice(["--assume-unchanged", "--skip-worktree"]), str(path))
        path.write_bytes(_other_bytes(chance, path))


def staged_and_put_back(chance: random.Random, root: Path) -> None:
    path = chance.choice(_files(root))
    before = path.read_bytes()
    path.write_bytes(_other_bytes(chance, path))
    git(root.parent, "add", "--force", str(path))
    path.write_bytes(before)


def executable(chance: random.Random, root: Path) -> None:
    path = chance.choice(_files(root))
    path.chmod(path.stat().st_mode ^ 0o111)


def a_folder_that_moves(chance: random.Random, root: Path) -> None:
    """With its images, and sometimes with what names it."""
    folder = chance.choice(_folders(root) or [root / "none"])
    to = folder.with_name(f"m{folder.name}")
    if folder.exists() and not to.exists():
        folder.rename(to)
        for path in _files(root, "*.yaml") if chance.random() < 0.7 else ():
            path.write_text(path.read_text().replace(f"path: {folder.name}/", f"path: {to.name}/"))


def a_linked_folder(chance: random.Random, root: Path) -> None:
    folder = chance.choice(_folders(root) or [root / "none"])
    to = folder.with_name(f"real-{folder.name}")
    if folder.exists() and not to.exists():
        folder.rename(to)
        folder.symlink_to(to.name)


def a_project_that_says_the_same(chance: random.Random, root: Path) -> None:
    """By another file, or with a comment."""
    path = chance.choice([path for path in _files(root, "*.yaml") if "kind: Project" in path.read_text()])
    if chance.random() < 0.5:
        path.write_text(f"# words\n{path.read_text()}")
    else:
        path.rename(path.with_name(f"m{path.name}"))


def captions_in_a_file(chance: random.Random, root: Path) -> None:
    path, folder = _dataset(chance, root)
    if folder is None or "captions" in path.read_text():
        return
    names = [image.name for image in sorted(folder.glob("*.png"))]
    (folder / "captions.yaml").write_text("".join(f"{name}: words of {name}.\n" for name in names))
    path.write_text(path.read_text().replace("  images: {", "  captions: {source: file}\n  images: {", 1))


def an_archive(chance: random.Random, root: Path) -> None:
    path, folder = _dataset(chance, root)
    if folder is not None and "upload_type" not in path.read_text():
        path.write_text(path.read_text().replace("  images: {", "  upload_type: advanced\n  images: {", 1))


def other_limits(chance: random.Random, root: Path) -> None:
    """Also what is expected."""
    (root / "reconciler.yaml").write_text(
        chance.choice(["", "limits: {trainings: 0}\n", "limits: {deletions_percent: 5}\n", "expect: {trainings: 1}\n"])
    )


def _dataset(chance: random.Random, root: Path) -> tuple[Path, Path | None]:
    """A file that declares a dataset with a prefix, and its image folder, if it is there."""
    found = [path for path in _files(root, "*.yaml") if "caption_prefix" in path.read_text()]
    if not found:
        return root, None
    path = chance.choice(found)
    line = next((line for line in path.read_text().splitlines() if "images: {path: " in line), "")
    folder = path.parent / line.partition("path: ")[2].rstrip("/}")
    return path, folder if line and folder.is_dir() else None


DISK_CHANGES: tuple[Callable[[random.Random, Path], object], ...] = (
    same_size_and_time, same_size_and_time, same_size_and_time, unwatched, staged_and_put_back, executable, a_folder_that_moves,
    a_linked_folder, a_project_that_says_the_same, captions_in_a_file, an_archive, other_limits,
)  # fmt: skip
