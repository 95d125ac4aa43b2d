"""The bytes of images come from the tree; where only a pointer is there, that is said before the first request."""

from pathlib import Path

import pytest

from reconciler.app.images import images_of, require_content
from reconciler.core.desired import Desired, DesiredDataset, DesiredImage
from reconciler.core.guide import PrefixGuide
from reconciler.core.name import image_key
from reconciler.core.problem import Location, ProblemsFound
from reconciler.core.wish import WishImage
from reconciler.files.tree import FileRefused
from tests.render import sample

DIGEST = "a" * 64


def wish(path: str) -> WishImage:
    return WishImage(key=image_key(DIGEST), digest=DIGEST, size=3, name="a.png", path=path)


def desired(*, has_content: bool) -> Desired:
    image = DesiredImage(digest=DIGEST, size=3, name="a.png", path="images/a.png", has_content=has_content)
    dataset = DesiredDataset(
        ref=sample.DATASET,
        location=Location("dataset.yaml"),
        project=sample.PROJECT,
        guide=PrefixGuide(text="x"),
        images=(image,),
    )
    return Desired(present={sample.DATASET: dataset})


def test_bytes_are_read_by_the_rules_of_the_tree(tmp_path: Path) -> None:
    """H56: a path that leaves the root is refused."""
    (tmp_path / "a.png").write_bytes(b"abc")
    with images_of(tmp_path) as images:
        source = images.source(wish("a.png"))
        assert (source.digest, source.size) == (DIGEST, 3)
        with source.open() as file:
            assert file.read() == b"abc"
        with pytest.raises(FileRefused):
            images.source(wish("../a.png")).open()


def test_a_pointer_is_not_uploaded(tmp_path: Path) -> None:
    """H35: exit 3 with what to fetch, unless the image is not among those to upload."""
    upload = sample.upload(image_key(DIGEST))
    with images_of(tmp_path) as images:
        with pytest.raises(ProblemsFound) as found:
            require_content(sample.plan(actions=(upload,)), desired(has_content=False), images.tree)
        assert "git lfs pull" in found.value.problems[0].remedy
        require_content(sample.plan(actions=(upload,)), desired(has_content=True), images.tree)
        require_content(sample.plan(), desired(has_content=False), images.tree)
