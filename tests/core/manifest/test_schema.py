"""The schema for editors takes what validation takes, and no unknown key."""

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from ruamel.yaml import YAML

from reconciler.core.manifest.schema import manifest_schema, overlay_schema
from reconciler.core.strictjson import Value

DOCUMENTS = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: lora, id: 123}
spec: {project_name: Lora, project_description: "", ip_name: Lora, ip_description: x, ip_medium: illustration, ip_type: icons}
---
apiVersion: reconciler/v1
kind: Project
metadata: {name: lora}
spec: {ip_medium: photography, ip_type: other}
---
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: lora-poses}
spec:
  project: lora
  upload_type: basic
  caption_prefix: "An illustration,"
  images: {path: images/, include: ["*.png"], increase_resolution: true}
  captions: {source: sidecar}
  status: draft
  clone: never
---
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: lora-poses}
spec: {project: lora, caption_prefix: a, images: {path: .}}
---
apiVersion: reconciler/v1
kind: Model
metadata: {name: lora-expert}
spec:
  dataset: lora-poses
  description: ""
  training_mode: expert
  training_version: bria-3.2
  training:
    {start: true, rank: 128, learning_rate: 0.0001, total_training_steps: 1500, lr_scheduler: constant,
     lr_warmup_steps: 0, checkpoint_interval: 500}
  aliases: {production: a51be07, candidate: current}
  promotion: {aliases: [production], gallery: looks, cases: all}
---
apiVersion: reconciler/v1
kind: Model
metadata: {name: m, ensure: present, moved: {from: "[my] model"}}
spec:
  dataset: lora-poses
  training: {retrain: never, on_failure: retrain, retries: 2, on_superseded: stop}
  promotion: {aliases: [production, stable], gallery: looks, cases: [waving]}
  history_limit: 3
---
apiVersion: reconciler/v1
kind: Project
metadata: {name: lora, ensure: absent}
---
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: lora-poses, ensure: absent}
spec: {project: lora, captions: {source: sidecar}}
---
apiVersion: reconciler/v1
kind: Model
metadata: {name: m, ensure: absent}
spec: {dataset: lora-poses}
"""

VALIDATOR = jsonschema.Draft7Validator(manifest_schema())


def documents() -> list[dict[str, Value]]:
    return list(YAML(typ="safe", pure=True).load_all(DOCUMENTS))


def test_the_schema_is_a_draft_07_schema() -> None:
    jsonschema.Draft7Validator.check_schema(manifest_schema())
    assert manifest_schema() == manifest_schema()
    assert "$defs" not in str(manifest_schema())
    assert "null" not in str(manifest_schema())


@pytest.mark.parametrize("index", range(9))
def test_valid_manifests_are_accepted(index: int) -> None:
    VALIDATOR.validate(documents()[index])


def test_the_manifests_of_this_repository_are_accepted() -> None:
    for path in Path(__file__).parents[3].joinpath("manifests").rglob("*.yaml"):
        if path.name not in {"reconciler.yaml", "captions.yaml"}:
            for document in YAML(typ="safe", pure=True).load_all(path.read_text()):
                VALIDATOR.validate(document)


def holders(value: Value) -> list[dict[str, Value]]:
    """Every mapping of a document but the one whose keys are free."""
    if not isinstance(value, dict):
        return []
    inner = [found for key, item in value.items() if key != "aliases" for found in holders(item)]
    return [value, *inner]


@pytest.mark.parametrize("index", range(9))
def test_unknown_keys_and_empty_values_are_refused_everywhere(index: int) -> None:
    for position in range(len(holders(documents()[index]))):
        for key, value in (("unknown", 1), ("caption_prefx", "x")):
            document = documents()[index]
            holders(document)[position][key] = value
            assert not VALIDATOR.is_valid(document)
        document = documents()[index]
        holder = holders(document)[position]
        holder[next(iter(holder))] = None
        assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    ("index", "steps", "value"),
    [
        (0, ("kind",), "Projekt"),
        (0, ("apiVersion",), "v1"),
        (0, ("metadata", "name"), "Lora"),
        (0, ("metadata", "id"), 0),
        (0, ("metadata", "id"), 2**63),
        (0, ("spec", "ip_type"), "nothing"),
        (2, ("metadata", "id"), 3),
        (2, ("spec", "upload_type"), "zip"),
        (2, ("spec", "images", "include"), []),
        (4, ("spec", "training", "rank"), "128"),
        (4, ("spec", "training", "rank"), 0),
        (4, ("spec", "training_version"), "3.2"),
        (4, ("spec", "aliases", "production"), 2),
        (4, ("spec", "aliases", "production"), "newest"),
        (4, ("spec", "aliases", "Production"), "current"),
        (5, ("metadata", "ensure"), "gone"),
        (5, ("metadata", "moved", "from"), ""),
        (5, ("metadata", "moved", "from"), "x" * 201),
        (5, ("metadata", "moved", "from"), "a\tb"),
        (5, ("spec", "history_limit"), 0),
        (5, ("spec", "history_limit"), 101),
        (5, ("spec", "training", "retries"), 6),
        (6, ("metadata", "ensure"), "present"),
        (7, ("metadata", "ensure"), "present"),
        (7, ("spec",), {}),
        (8, ("spec",), {}),
    ],
)
def test_wrong_values_are_refused(index: int, steps: tuple[str, ...], value: Value) -> None:
    document = documents()[index]
    holder: Value = document
    for step in steps[:-1]:
        assert isinstance(holder, dict)
        holder = holder[step]
    assert isinstance(holder, dict)
    holder[steps[-1]] = value
    assert not VALIDATOR.is_valid(document)


def test_a_message_names_the_key_of_the_right_kind() -> None:
    document = documents()[2]
    spec = document["spec"]
    assert isinstance(spec, dict)
    spec["caption_prefx"] = spec.pop("caption_prefix")
    messages = [error.message for error in VALIDATOR.iter_errors(document)]
    assert any("caption_prefx" in message for message in messages)
    assert any("'caption_prefix' is a required property" in message for message in messages)
    assert not any("ip_type" in message for message in messages)


def test_the_schema_in_the_documents_is_fresh() -> None:
    written = (Path(__file__).parents[3] / "docs" / "manifest.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == manifest_schema(), "reconciler schema > docs/manifest.schema.json"


def test_everything_has_a_description() -> None:
    definitions = manifest_schema()["definitions"]
    assert isinstance(definitions, dict)
    for name, definition in definitions.items():
        assert isinstance(definition, dict)
        assert definition.get("description"), name


def test_the_schema_of_overlays_knows_what_each_kind_may_say() -> None:
    """And is the one in the documents."""
    written = (Path(__file__).parents[3] / "docs" / "overlay.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == overlay_schema(), "reconciler schema overlay > docs/overlay.schema.json"
    validator = jsonschema.Draft7Validator(overlay_schema())
    whole = {
        "account": {"name": "brand", "project": 1001},
        "tier": "pro",
        "limits": {"trainings": 4},
        "objects": {
            "project/lora": {"id": 1001, "ensure": "present"},
            "dataset/poses": {"ensure": "absent"},
            "model/lora-max": {"start": False, "aliases": {"production": "a51be07"}},
        },
    }
    assert list(validator.iter_errors(whole)) == []
    assert list(validator.iter_errors({})) == []
    wrong: tuple[dict[str, object], ...] = (
        {"objects": {"dataset/poses": {"start": True}}},
        {"objects": {"model/lora-max": {"training_mode": "expert"}}},
        {"objects": {"lora-max": {}}},
        {"account": {"name": "brand"}},
        {"expect": {"trainings": 0}},
    )
    assert not [one for one in wrong if validator.is_valid(one)]
