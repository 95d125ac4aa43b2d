"""Manifests read from documents: each fault at its key or value, with what was meant."""

import pytest

from reconciler.core.kind import Kind
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.reading import declared_refs, read_manifest
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref
from reconciler.files.yaml.reading import read_yaml

PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: lora}
spec:
  ip_name: Lora
  ip_medium: illustration
  ip_type: other
"""
DATASET = """\
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: poses}
spec:
  project: lora
  caption_prefix: a
  images: {path: images/}
"""
MODEL = """\
apiVersion: reconciler/v1
kind: Model
metadata: {name: lora-max}
spec:
  dataset: poses
  training: {start: false}
"""


def problems(text: str) -> tuple[Problem, ...]:
    (document,) = read_yaml(text.encode(), "f.yaml").documents
    found = read_manifest(document)
    assert not isinstance(found, Manifest), "nothing was found wrong"
    return found


def said(text: str) -> str:
    """The one problem, on one line."""
    (problem,) = problems(text)
    return f"{problem.location} {problem.rule}: {problem.summary}. {problem.detail} {problem.remedy}".strip()


@pytest.mark.parametrize("text", [PROJECT, DATASET, MODEL])
def test_sound_manifests_have_a_ref_and_a_place(text: str) -> None:
    (document,) = read_yaml(text.encode(), "f.yaml").documents
    manifest = read_manifest(document)
    assert isinstance(manifest, Manifest)
    assert frozenset({manifest.ref}) == declared_refs(document)
    assert str(manifest.location) == "f.yaml:1:1"


CASES = [
    (
        DATASET,
        "caption_prefix: a",
        "caption_prefx: a",
        'f.yaml:6:3 manifest-key: unknown key "caption_prefx" in Dataset.  Did you mean "caption_prefix"?',
    ),
    (
        DATASET,
        "{path: images/}",
        "{path: images/, includes: [a]}",
        'f.yaml:7:27 manifest-key: unknown key "includes" in images of Dataset.  Did you mean "include"?',
    ),
    (
        DATASET,
        "project: lora",
        "project: lora\n  include: [a]",
        'f.yaml:6:3 manifest-key: unknown key "include" in Dataset.  It belongs to "spec.images".',
    ),
    (
        DATASET,
        "project: lora",
        "project: lora\n  name: x",
        'f.yaml:6:3 manifest-key: unknown key "name" in Dataset.  It belongs to "metadata".',
    ),
    (
        DATASET,
        "project: lora",
        "project: lora\n  kind: x",
        'f.yaml:6:3 manifest-key: unknown key "kind" in Dataset.  It belongs to "the top".',
    ),
    (
        DATASET,
        "project: lora",
        "project: lora\n  zzzzzz: x",
        'f.yaml:6:3 manifest-key: unknown key "zzzzzz" in Dataset.  Known here: project, upload_type, caption_prefix, visual_schema, visual_schema_file, images, captions, status, clone, history_limit, waive.',
    ),
    (
        DATASET,
        "{name: poses}",
        "{name: poses, id: 3}",
        'f.yaml:3:25 manifest-key: unknown key "id" in metadata of Dataset.  Only projects have an id; datasets and models are found by their names.',
    ),
    (
        DATASET,
        "{name: poses}",
        "{name: poses, ensure: abscent}",
        'f.yaml:3:33 manifest-value: "ensure" cannot be the text "abscent". It is "present" or "absent". Did you mean "absent"?',
    ),
    (
        DATASET,
        "project: lora",
        "project: lora\n  upload_type: advanve",
        'f.yaml:6:16 manifest-value: "upload_type" cannot be the text "advanve". It is "basic" or "advanced". Did you mean "advanced"?',
    ),
    (
        DATASET,
        "project: lora",
        "project: lora\n  visual_schema: x",
        (
            'f.yaml:6:18 manifest-type: "visual_schema" must be keys with values. Found the text "x". '
            "Write it as keys with values, such as {style: flat, colours: [red, blue]}."
        ),
    ),
    (
        DATASET,
        "project: lora",
        "project: lora\n  status: complete",
        'f.yaml:6:11 manifest-value: "status" cannot be the text "complete". It is "draft" or "completed". Did you mean "completed"?',
    ),
    (
        DATASET,
        "project: lora",
        "project: lora\n  status: zzz",
        'f.yaml:6:11 manifest-value: "status" cannot be the text "zzz". It is "draft" or "completed".',
    ),
    (
        DATASET,
        "project: lora",
        "project: lora\n  captions: sidecar",
        'f.yaml:6:13 manifest-type: "captions" must be keys with values. Found the text "sidecar".',
    ),
    (
        DATASET,
        "project: lora",
        "project: Lora Bond",
        'f.yaml:5:12 manifest-name: "Lora Bond" is no name. A name has lower-case letters, digits and hyphens, at most 28, and begins and ends with a letter or digit. For example: lora-bond',
    ),
    (
        DATASET,
        "{path: images/}",
        "{path: images/, include: '*.png'}",
        'f.yaml:7:36 manifest-type: "include" must be a list. Found the text "*.png". Write it as a list: ["*.png"].',
    ),
    (
        DATASET,
        "{path: images/}",
        "{path: images/, include: []}",
        'f.yaml:7:36 manifest-value: "include" must be a list with at least one item. Found an empty list.',
    ),
    (DATASET, "{path: images/}", "{path: images/, include: [[a], 3]}", None),
    (
        DATASET,
        "{path: images/}",
        "{path: images/, increase_resolution: yes}",
        'f.yaml:7:48 manifest-type: "increase_resolution" must be true or false. Found the text "yes". Write true or false, without quotes.',
    ),
    (
        DATASET,
        "{path: images/}",
        "{path: images/, increase_resolution: 1}",
        'f.yaml:7:48 manifest-type: "increase_resolution" must be true or false. Found the number 1.',
    ),
    (
        DATASET,
        "  images: {path: images/}\n",
        "",
        'f.yaml:4:1 manifest-key-missing: "images" is missing in Dataset.  Add it.',
    ),
    (
        DATASET,
        "{path: images/}",
        "{}",
        'f.yaml:7:3 manifest-key-missing: "path" is missing in images of Dataset.  Add it.',
    ),
    (
        DATASET,
        "caption_prefix: a",
        "caption_prefix:",
        'f.yaml:6:3 manifest-value-missing: "caption_prefix" has no value.  Write a value after the colon, or remove the line; "" is an empty text.',
    ),
    (
        DATASET,
        "caption_prefix: a",
        "captions:",
        'f.yaml:6:3 manifest-value-missing: "captions" has no value.  Write a value after the colon, or remove the line; "" is an empty text.',
    ),
    (
        DATASET,
        "{path: images/}",
        "{path: images/, include: [a, ~]}",
        'f.yaml:7:40 manifest-value-missing: an item of "include" has no value.  Write a value after the colon, or remove the line; "" is an empty text.',
    ),
    (
        PROJECT,
        "ip_type: other",
        "ip_type: defined-character",
        'f.yaml:7:12 manifest-value: "ip_type" cannot be the text "defined-character". It is "defined_character", "stylized_scene", "object_variants", "multi_object_set", "icons", "character_variants" or "other". Did you mean "defined_character"?',
    ),
    (
        PROJECT,
        "  ip_medium: illustration\n",
        "",
        'f.yaml:4:1 manifest-key-missing: "ip_medium" is missing in Project.  Add it: "photography" or "illustration".',
    ),
    (
        PROJECT,
        "ip_name: Lora",
        "ip_name: 123",
        'f.yaml:5:12 manifest-type: "ip_name" must be text. Found the number 123. Put it into quotes.',
    ),
    (
        PROJECT,
        "ip_name: Lora",
        "ip_name: true",
        'f.yaml:5:12 manifest-type: "ip_name" must be text. Found true. Put it into quotes.',
    ),
    (
        PROJECT,
        "ip_name: Lora",
        "ip_name: {a: 1}",
        'f.yaml:5:12 manifest-type: "ip_name" must be text. Found keys with values.',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, id: true}",
        'f.yaml:3:28 manifest-type: "id" must be a whole number. Found true.',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, id: '12'}",
        'f.yaml:3:28 manifest-type: "id" must be a whole number. Found the text "12". Write the number without quotes.',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, id: 1/../2}",
        'f.yaml:3:28 manifest-type: "id" must be a whole number. Found the text "1/../2". Write the number without quotes.',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, id: 9223372036854775808}",
        'f.yaml:3:28 manifest-value: "id" must be less than 9223372036854775808. Found the number 9223372036854775808.',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, id: 0}",
        'f.yaml:3:28 manifest-value: "id" must be greater than or equal to 1. Found the number 0.',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, id: 1.5}",
        'f.yaml:3:28 manifest-type: "id" must be a whole number. Found the number 1.5.',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, moved: x}",
        'f.yaml:3:31 manifest-type: "moved" must be keys with values. Found the text "x".',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, moved: {}}",
        'f.yaml:3:24 manifest-key-missing: "from" is missing in metadata.moved of Project.  Add it.',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, moved: {from: 3}}",
        'f.yaml:3:38 manifest-type: "from" must be text. Found the number 3. Put it into quotes.',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, moved: {form: x, from: y}}",
        'f.yaml:3:32 manifest-key: unknown key "form" in metadata.moved of Project.  Did you mean "from"?',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, moved: {former: x, from: y}}",
        'f.yaml:3:32 manifest-key: unknown key "former" in metadata.moved of Project.  Did you mean "from"?',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{name: lora, from: x}",
        'f.yaml:3:24 manifest-key: unknown key "from" in metadata of Project.  It belongs to "metadata.moved".',
    ),
    (
        PROJECT,
        "metadata: {name: lora}\n",
        "",
        'f.yaml:1:1 manifest-key-missing: "metadata" is missing in Project.  Add it.',
    ),
    (
        PROJECT,
        "{name: lora}",
        "{}",
        'f.yaml:3:1 manifest-key-missing: "name" is missing in metadata of Project.  Add it.',
    ),
    (
        PROJECT,
        "kind: Project",
        "kind: project",
        'f.yaml:2:7 manifest-kind: unknown kind "project". The kinds are "Project", "Dataset", "Model" or "Gallery". Did you mean "Project"?',
    ),
    (PROJECT, "kind: Project", "kind: [Project]", None),
    (
        PROJECT,
        "kind: Project\n",
        "",
        'f.yaml:1:1 manifest-kind-missing: "kind" is missing in this manifest. It is "Project", "Dataset", "Model" or "Gallery". Write kind: Project',
    ),
    (
        PROJECT,
        "reconciler/v1",
        "reconciler/v2",
        'f.yaml:1:1 manifest-version: apiVersion must be "reconciler/v1". Found "reconciler/v2". Write apiVersion: reconciler/v1',
    ),
    (
        PROJECT,
        "apiVersion: reconciler/v1\n",
        "",
        'f.yaml:1:1 manifest-version: apiVersion must be "reconciler/v1". It is missing. Write apiVersion: reconciler/v1',
    ),
    (MODEL, "dataset: poses", "dataset: poses\n  training_version: 3.2", None),
    (
        MODEL,
        "dataset: poses",
        "dataset: poses\n  training_version: fibo",
        'f.yaml:6:21 manifest-later: "training_version" "fibo" is not known to this release yet.  Remove it, or use a later release of reconciler.',
    ),
    (
        MODEL,
        "dataset: poses",
        "dataset: poses\n  history_limit: 0",
        'f.yaml:6:18 manifest-value: "history_limit" must be greater than or equal to 1. Found the number 0.',
    ),
    (
        DATASET,
        "project: lora",
        "project: lora\n  history_limit: 101",
        'f.yaml:6:18 manifest-value: "history_limit" must be less than or equal to 100. Found the number 101.',
    ),
    (
        MODEL,
        "{start: false}",
        "{retrain: sometimes}",
        'f.yaml:6:23 manifest-value: "retrain" cannot be the text "sometimes". It is "always" or "never".',
    ),
    (
        MODEL,
        "{start: false}",
        "{retrain: false}",
        'f.yaml:6:23 manifest-value: "retrain" cannot be false. It is "always" or "never".',
    ),
    (
        MODEL,
        "{start: false}",
        "{on_failure: retry}",
        'f.yaml:6:26 manifest-value: "on_failure" cannot be the text "retry". It is "keep" or "retrain". Did you mean "retrain"?',
    ),
    (
        MODEL,
        "{start: false}",
        "{on_failure: retrain, retries: 6}",
        'f.yaml:6:44 manifest-value: "retries" must be less than or equal to 5. Found the number 6.',
    ),
    (
        MODEL,
        "{start: false}",
        "{on_superseded: keep}",
        'f.yaml:6:29 manifest-value: "on_superseded" cannot be the text "keep". It is "wait" or "stop".',
    ),
    (
        MODEL,
        "dataset: poses",
        "dataset: poses\n  retrain: never",
        'f.yaml:6:3 manifest-key: unknown key "retrain" in Model.  It belongs to "spec.training".',
    ),
    (
        MODEL,
        "{start: false}",
        "{max_train_steps: 3}",
        'f.yaml:6:14 manifest-key: unknown key "max_train_steps" in training of Model.  It is an old word for total_training_steps.',
    ),
    (
        MODEL,
        "{start: false}",
        "{rank: 0}",
        'f.yaml:6:20 manifest-value: "rank" must be greater than or equal to 1. Found the number 0.',
    ),
    (
        MODEL,
        "{start: false}",
        "{learning_rate: '1e-4'}",
        'f.yaml:6:29 manifest-type: "learning_rate" must be a number. Found the text "1e-4". Write the number without quotes.',
    ),
    (
        MODEL,
        "{start: false}",
        "{learning_rate: 0}",
        'f.yaml:6:29 manifest-value: "learning_rate" must be greater than 0. Found the number 0.',
    ),
    (
        MODEL,
        "dataset: poses",
        "dataset: poses\n  aliases: {production: 1234567}",
        'f.yaml:6:25 manifest-type: "production" must be text. Found the number 1234567. A fingerprint begins with a letter, such as a51be07; the second version is v2. See `reconciler status`.',
    ),
    (
        MODEL,
        "dataset: poses",
        "dataset: poses\n  aliases: [a]",
        'f.yaml:6:12 manifest-type: "aliases" must be keys with values. Found a list.',
    ),
]


@pytest.mark.parametrize(
    ("base", "old", "new", "expected"), CASES, ids=[f"{case[0][32:35]}-{case[2][:30]}" for case in CASES]
)
def test_each_fault_is_said_at_its_place(base: str, old: str, new: str, expected: str | None) -> None:
    assert old in base
    text = base.replace(old, new, 1)
    if expected is None:
        assert all(problem.location.line for problem in problems(text))
    else:
        assert said(text) == expected


@pytest.mark.parametrize(
    "name",
    [
        "Lora",
        "a" * 29,
        "-a",
        "a-",
        "\u0430",
        "lora v3",
        "x (a9f3c1a2b7d40)",
        "..",
        "",
        "a_b",
        "a.b",
        "lora\u202e",
        "ÉÉÉ",
    ],
)
def test_h48_names_that_are_no_names(name: str) -> None:
    text = PROJECT.replace("{name: lora}", f'{{name: "{name}"}}')
    (problem,) = problems(text)
    assert problem.rule == "manifest-name"
    assert str(problem.location) == "f.yaml:3:18"
    assert "\u202e" not in problem.summary
    (document,) = read_yaml(text.encode(), "f.yaml").documents
    assert declared_refs(document) is None


def test_all_faults_of_a_document_are_reported_at_once() -> None:
    text = DATASET.replace("lora", "LORA").replace("caption_prefix: a", "captionprefix: a\n  status:\n  clone: maybe")
    assert {problem.rule for problem in problems(text)} == {
        "manifest-value-missing",
        "manifest-key",
        "manifest-value",
        "manifest-name",
    }


@pytest.mark.parametrize("text", ["[a, b]", "just text", "3", "a: 1", "{}"])
def test_other_yaml_is_no_manifest(text: str) -> None:
    (document,) = read_yaml(text.encode(), "f.yaml").documents
    found = read_manifest(document)
    assert isinstance(found, tuple)
    assert [problem.rule for problem in found] == ["manifest-shape"]
    assert declared_refs(document) == frozenset()


def test_a_broken_manifest_still_declares_its_ref() -> None:
    (document,) = read_yaml(DATASET.replace("images:", "imagez:").encode(), "f.yaml").documents
    assert declared_refs(document) == frozenset({Ref(Kind.DATASET, "poses")})
    (document,) = read_yaml(DATASET.replace("{name: poses}", "poses").encode(), "f.yaml").documents
    assert declared_refs(document) is None, "it may be any object"
    (document,) = read_yaml(DATASET.replace("kind: Dataset", "kind: Datset").encode(), "f.yaml").documents
    assert declared_refs(document) == frozenset(Ref(kind, "poses") for kind in Kind)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("kind: Dataset\n", "", 'f.yaml:1:1 manifest-kind-missing: "kind" is missing in this manifest.'),
        ("kind: Dataset\n", "kind:\n", 'f.yaml:2:1 manifest-kind-missing: "kind" has no value.'),
        ("kind: Dataset\n", "Kind: Dataset\n", 'f.yaml:2:1 manifest-kind-missing: "kind" is missing in this manifest.'),
    ],
)
def test_a_manifest_without_its_kind_is_told_which_it_seems_to_be(before: str, after: str, words: str) -> None:
    """The keys of its spec tell; a document that is no manifest at all is told that instead."""
    remedy = "Write kind instead of Kind." if "Kind" in after else "Write kind: Dataset"
    assert said(DATASET.replace(before, after)) == f'{words} It is "Project", "Dataset", "Model" or "Gallery". {remedy}'


def test_a_kind_that_no_key_tells_is_asked_for() -> None:
    assert said("metadata: {name: poses}").endswith(
        'It is "Project", "Dataset", "Model" or "Gallery". Write it above metadata.'
    )


def test_a_key_that_is_missing_because_it_is_misspelt_is_told_once() -> None:
    """The unknown key is the cause."""
    assert [one.rule for one in problems(DATASET.replace("{name: poses}", "{nam: poses}"))] == ["manifest-key"]
    moved = DATASET.replace("  project: lora\n", "").replace("spec:", "project: lora\nspec:")
    assert said(moved).endswith('unknown key "project" in Dataset.  It belongs to "spec".')


def test_hostile_words_are_shortened_and_spelled_out() -> None:
    word = "\u202e" + "x" * 500
    (problem,) = problems(PROJECT.replace("ip_name: Lora", f'"{word}": 1'))
    assert "<U+202E>" in problem.summary
    assert len(problem.summary) < 150
