"""Schemas and JSON captions as people keep them: in files beside the manifest and beside the images."""

from pathlib import Path

import pytest

from reconciler.core.manifest.resolve import problems_in, resolve
from reconciler.core.ref import parse_ref
from reconciler.files.load import load
from tests.files.conftest import picture

MANIFESTS = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: lora}
spec: {ip_medium: illustration, ip_type: other}
---
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: poses}
spec:
  project: lora
  visual_schema_file: {file}
  images: {path: images/}
  captions: {source: {source}}
"""


def tree(root: Path, *, file: str = "schemas/poses.json", source: str = "sidecar") -> Path:
    (root / "images").mkdir()
    (root / "schemas").mkdir()
    for seed in range(5):
        (root / "images" / f"p{seed}.png").write_bytes(picture(seed=seed))
    (root / "schemas" / "poses.json").write_text('{"style": "flat"}')
    (root / "images" / "p0.json").write_text('{"subject": "a girl"}')
    (root / "lora.yaml").write_text(MANIFESTS.replace("{file}", file).replace("{source}", source))
    return root


def captions(root: Path) -> dict[str, str]:
    declared = resolve(load(root, cache=root.parent / "cache")).datasets[parse_ref("dataset/poses")]
    return {image.name: image.caption for image in declared.images if image.caption is not None}


def test_a_schema_file_and_json_sidecars_are_read(tmp_path: Path) -> None:
    root = tree(tmp_path)
    declared = resolve(load(root, cache=tmp_path / "cache")).datasets[parse_ref("dataset/poses")]
    assert declared.guide.text == '{"style":"flat"}'
    assert captions(root) == {"p0.png": '{"subject":"a girl"}'}


def test_mappings_in_captions_yaml_are_json_captions(tmp_path: Path) -> None:
    root = tree(tmp_path, source="file")
    (root / "images" / "captions.yaml").write_text("p1.png: {subject: a girl, pose: {arms: up}}\np2: '{\"a\": 1}'\n")
    assert captions(root) == {"p1.png": '{"subject":"a girl","pose":{"arms":"up"}}', "p2.png": '{"a":1}'}


def test_lines_hold_json_captions_as_text_or_as_objects(tmp_path: Path) -> None:
    root = tree(tmp_path, source="file")
    lines = ['{"file_name": "p1.png", "text": {"a": 1}}', '{"file_name": "p2.png", "text": "{\\"b\\": 2}"}']
    (root / "images" / "metadata.jsonl").write_text("\n".join(lines))
    assert captions(root) == {"p1.png": '{"a":1}', "p2.png": '{"b":2}'}


@pytest.mark.parametrize(
    ("file", "detail"),
    [
        ("schemas/none.json", "There is no such file."),
        ("../poses.json", "The path is refused: it leaves the manifest folder."),
        ("/etc/passwd", "The path is refused: it must be relative to this file, with / between folders."),
        (
            "https://example.org/x.json",
            "The path is refused: it must be relative to this file, with / between folders.",
        ),
    ],
)
def test_a_schema_file_lies_below_the_root(tmp_path: Path, file: str, detail: str) -> None:
    (problem,) = (p for p in problems_in(load(tree(tmp_path, file=file), cache=tmp_path / "c")) if p.is_error)
    assert (problem.rule, problem.detail) == ("dataset-schema-file", detail)
    assert problem.location.line == 11
