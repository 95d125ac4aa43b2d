"""The bytes of images to upload. They are taken from the tree and from nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from reconciler.core.action import Action, UploadArchive, UploadImage
from reconciler.core.desired import Desired, DesiredImage
from reconciler.core.name import image_key
from reconciler.core.plan import Plan
from reconciler.core.problem import Problem, ProblemsFound
from reconciler.core.text import quoted
from reconciler.core.value import dataclass
from reconciler.core.wish import WishImage
from reconciler.files.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """One image file below the root: the digest that was planned with, and how to read the bytes now."""

    tree: Tree
    path: str
    digest: str
    size: int

    def open(self) -> BinaryIO:
        """The bytes. The tree opens no link that leads out of it."""
        return self.tree.open_file(self.path)


@dataclass(frozen=True, slots=True)
class TreeImages:
    """The images of a tree, as sources for what a plan uploads."""

    tree: Tree

    def source(self, image: WishImage) -> FileSource:
        """The bytes of one image."""
        return FileSource(tree=self.tree, path=image.path, digest=image.digest, size=image.size)


@contextmanager
def images_of(root: Path) -> Iterator[TreeImages]:
    """The images of the tree. The root is held open while the block runs."""
    with Tree(root) as tree:
        yield TreeImages(tree)


def require_content(plan: Plan, desired: Desired, tree: Tree) -> None:
    """ProblemsFound names each image to upload of which only the Git LFS pointer is here. Asked before the first request."""
    problems = [
        content_problem(image, tree)
        for action in plan.actions
        for image in _sent(action, desired)
        if not image.has_content
    ]
    if problems:
        raise ProblemsFound(problems)


def _sent(action: Action, desired: Desired) -> Iterator[DesiredImage]:
    """The images whose bytes an action sends."""
    match action.step:
        case UploadImage(key=key):
            yield from (one for one in desired.datasets[action.ref].images if image_key(one.digest) == key)
        case UploadArchive(is_sent=False):
            yield from desired.datasets[action.ref].images
        case _:
            pass


def content_problem(image: DesiredImage, tree: Tree) -> Problem:
    """The problem of an image whose content is needed and is not here."""
    return Problem(
        rule="image-content-missing",
        location=tree.location(image.path),
        summary="only the Git LFS pointer is here, and the image itself is needed",
        remedy=f"Fetch it with `git lfs pull --include {quoted(image.path)}`, or check out with `lfs: true`.",
    )
