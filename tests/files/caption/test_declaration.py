"""The one line of a manifest by which captions are declared that were pulled."""

import re

import pytest

from reconciler.core.manifest.loaded import Manifest
from reconciler.files.caption.declaration import Declaration, declaration
from reconciler.files.file_edit import write_edits
from reconciler.files.tree import Tree
from reconciler.files.yaml.edit import EditRefused
from tests.files.conftest import DATASET, PROJECT, Brand

FLOW = "  captions: {source: automatic}\n"


def manifest_of(brand: Brand, dataset: str) -> Manifest:
    brand.write("lora.yaml", f"{PROJECT}---\n{dataset}")
    (manifest,) = (one for one in brand.load().manifests if one.ref.name == "lora-poses")
    return manifest


def changed(brand: Brand, dataset: str) -> Declaration:
    manifest = manifest_of(brand, dataset)
    with Tree(brand.root) as tree:
        change = declaration(tree, manifest)
        write_edits(tree, [change.edit])
    return change


@pytest.mark.parametrize(
    ("before", "after", "is_new"),
    [
        (FLOW, "  captions: {source: sidecar}\n", False),
        ("  captions:\n    source: automatic  # for now\n", "  captions:\n    source: sidecar  # for now\n", False),
        ("  captions: {source: 'automatic'}\n", "  captions: {source: 'sidecar'}\n", False),
        ("", "  captions: {source: sidecar}\n", True),
    ],
)
def test_one_line_changes(brand: Brand, before: str, after: str, is_new: bool) -> None:
    """In the second document of a file, whose comments and quotes stay; its number is told as it is then."""
    change = changed(brand, DATASET.replace(FLOW, before) + "  status: draft  # to be reviewed\n")
    text = (brand.root / "lora.yaml").read_text()
    assert text == f"{PROJECT}---\n{DATASET.replace(FLOW, after)}  status: draft  # to be reviewed\n"
    place, _, line = change.place.rpartition(":")
    assert place.endswith("manifests/lora.yaml")
    assert text.splitlines()[int(line) - 1].strip() == change.text
    assert "sidecar" in change.text
    assert change.is_new is is_new


def test_a_file_that_cannot_be_changed_is_refused(brand: Brand) -> None:
    """The word is used at another place, too."""
    shared = DATASET.replace(FLOW, "").replace(
        "  caption_prefix:", "  captions: {source: &word automatic}\n  caption_prefix:"
    )
    with pytest.raises(EditRefused, match=r"manifests/lora\.yaml"):
        changed(brand, re.sub("caption_prefix: .*", "caption_prefix: *word", shared))


def test_a_file_that_is_gone_is_refused(brand: Brand) -> None:
    manifest = manifest_of(brand, DATASET)
    (brand.root / "lora.yaml").unlink()
    with Tree(brand.root) as tree, pytest.raises(EditRefused, match=r"lora\.yaml"):
        declaration(tree, manifest)
