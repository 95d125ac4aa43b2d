"""docs/manifests.md says what the code does: its examples are sound, and every key and limit stands in it."""

import re
from pathlib import Path

import pytest

from reconciler.core.kind import Kind
from reconciler.core.manifest.gallery import read_gallery
from reconciler.core.manifest.kinds import RULES
from reconciler.core.manifest.loaded import GalleryManifest, Manifest
from reconciler.core.manifest.mismatch import keys_at, words_at
from reconciler.core.manifest.reading import is_gallery, read_manifest
from reconciler.core.manifest.run_keys import LimitsFile
from reconciler.core.typed import keys_of
from reconciler.files.configuration import ConfigurationFile, ExpectFile, load_configuration
from reconciler.files.tree_listing import FOLDER_LIMIT
from reconciler.files.yaml.builder import EXPANSION_LIMIT
from reconciler.files.yaml.reading import DEPTH_LIMIT, read_yaml
from tests.files.conftest import Brand

TEXT = (Path(__file__).parents[3] / "docs" / "manifests.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
MANIFESTS = [block for block in BLOCKS if block.startswith("apiVersion")]


@pytest.mark.parametrize("block", MANIFESTS)
def test_examples_are_manifests(block: str) -> None:
    (document,) = read_yaml(block.encode(), "docs/manifests.md").documents
    if is_gallery(document):
        assert isinstance(read_gallery(document), GalleryManifest)
    else:
        assert isinstance(read_manifest(document), Manifest)


def test_the_configuration_is_one(empty: Brand) -> None:
    (block,) = (block for block in BLOCKS if block.startswith("endpoint"))
    empty.write("reconciler.yaml", block)
    found = load_configuration(empty.root)
    assert found.problems == ()
    assert found.tier == "starter"
    for key in (*keys_of(ConfigurationFile), *keys_of(LimitsFile), *keys_of(ExpectFile)):
        assert f"{key}:" in block


@pytest.mark.parametrize("kind", list(Kind))
def test_every_key_and_word_is_explained(kind: Kind) -> None:
    body = RULES[kind].body
    for steps in (
        (),
        ("metadata",),
        ("metadata", "moved"),
        ("spec",),
        ("spec", "images"),
        ("spec", "captions"),
        ("spec", "training"),
    ):
        for key in keys_at(body, steps):
            assert re.search(rf"[`.]{key}[`:]|^\s*{key}:", TEXT, re.MULTILINE), key
            for word in words_at(body, (*steps, key)):
                assert word in TEXT


def test_limits_are_those_of_the_code() -> None:
    assert f"more than {DEPTH_LIMIT} levels" in TEXT
    assert f"{EXPANSION_LIMIT:,} values" in TEXT
    assert f"{FOLDER_LIMIT:,} entries" in TEXT
