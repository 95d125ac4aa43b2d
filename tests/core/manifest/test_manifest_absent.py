"""Manifests with `ensure: absent`: only what finds the object is needed, and the form is checked all the same."""

import pytest

from reconciler.core.manifest.loaded import AbsentBody, Manifest
from reconciler.core.manifest.reading import read_manifest
from reconciler.files.yaml.reading import read_yaml
from tests.core.manifest.test_manifest import DATASET, MODEL, PROJECT, said

ABSENT = [
    ("Project", "", "", (None, None, None)),
    ("Project", "id: 7", "spec: {project_name: Lora}", (None, "Lora", 7)),
    ("Project", "", "spec: {ip_name: Lora}", (None, None, None)),
    ("Dataset", "", "spec: {project: lora}", ("project/lora", None, None)),
    ("Dataset", "moved: {from: a}", "spec: {project: lora, images: {}, captions: {}}", ("project/lora", None, None)),
    ("Model", "", "spec: {dataset: poses, training: {rank: 8}}", ("dataset/poses", None, None)),
]


def absent(kind: str, metadata: str, spec: str) -> str:
    more = f", {metadata}" if metadata else ""
    return f"apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: old, ensure: absent{more}}}\n{spec}\n"


@pytest.mark.parametrize(("kind", "metadata", "spec", "expected"), ABSENT)
def test_an_absent_manifest_needs_only_what_finds_it(
    kind: str, metadata: str, spec: str, expected: tuple[str | None, str | None, int | None]
) -> None:
    (document,) = read_yaml(absent(kind, metadata, spec).encode(), "f.yaml").documents
    manifest = read_manifest(document)
    assert isinstance(manifest, Manifest)
    assert isinstance(manifest.body, AbsentBody)
    assert str(manifest.ref) == f"{kind.lower()}/old"
    parent = str(manifest.parent) if manifest.parent else None
    assert (parent, manifest.body.project_name, manifest.body.id) == expected
    assert manifest.moved_from is None


@pytest.mark.parametrize("text", [PROJECT, DATASET, MODEL])
def test_any_manifest_becomes_absent_by_one_line(text: str) -> None:
    (document,) = read_yaml(text.replace("{name:", "{ensure: absent, name:").encode(), "f.yaml").documents
    manifest = read_manifest(document)
    assert isinstance(manifest, Manifest)
    assert manifest.is_absent


ABSENT_FAULTS = [
    ("Dataset", "", "", 'f.yaml:1:1 manifest-key-missing: "spec" is missing in Dataset.  Add it.'),
    ("Dataset", "", "spec: {}", 'f.yaml:4:1 manifest-key-missing: "project" is missing in Dataset.  Add it.'),
    ("Model", "", "spec: {}", 'f.yaml:4:1 manifest-key-missing: "dataset" is missing in Model.  Add it.'),
    (
        "Model",
        "",
        "spec: {dataset: poses, training: {rnk: 8}}",
        'f.yaml:4:35 manifest-key: unknown key "rnk" in training of Model.  Did you mean "rank"?',
    ),
    (
        "Project",
        "",
        "spec: {ip_type: nonsense}",
        'f.yaml:4:17 manifest-value: "ip_type" cannot be the text "nonsense". It is "defined_character", "stylized_scene", "object_variants", "multi_object_set", "icons", "character_variants" or "other".',
    ),
    ("Project", "id: true", "", 'f.yaml:3:43 manifest-type: "id" must be a whole number. Found true.'),
    (
        "Dataset",
        "",
        "spec: {project: lora, status: }",
        'f.yaml:4:23 manifest-value-missing: "status" has no value.  Write a value after the colon, or remove the line; "" is an empty text.',
    ),
    (
        "Dataset",
        "",
        "spec: {project: Lora}",
        'f.yaml:4:17 manifest-name: "Lora" is no name. A name has lower-case letters, digits and hyphens, at most 28, and begins and ends with a letter or digit. For example: lora',
    ),
]


@pytest.mark.parametrize(("kind", "metadata", "spec", "expected"), ABSENT_FAULTS)
def test_the_form_of_an_absent_manifest_is_checked(kind: str, metadata: str, spec: str, expected: str) -> None:
    assert said(absent(kind, metadata, spec)) == expected


def test_an_absent_manifest_needs_its_name() -> None:
    assert said(absent("Project", "", "").replace("name: old, ", "")).startswith("f.yaml:3:1 manifest-key-missing")
