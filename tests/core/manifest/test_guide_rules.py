"""What a dataset may declare as its guide, and what captions may be under it."""

import json
from dataclasses import replace

import pytest

from reconciler.core.guide import SchemaGuide, same_guide
from reconciler.core.manifest.guide_rules import SCHEMA_LIMIT
from reconciler.core.manifest.loaded import CaptionEntry, Loaded, SchemaFile
from reconciler.core.manifest.resolve import problems_in, resolve
from reconciler.core.problem import Location
from reconciler.core.ref import parse_ref
from tests.core.manifest.test_resolve import POSES, dataset, folder, images, loaded, model, problems, project

HERE = Location("m/poses.schema.json")
SCHEMA = "{style: flat, colours: [red, blue]}"


def schema_dataset(name: str = "poses", **spec: str) -> str:
    return dataset(name, **{"caption_prefix": "", "visual_schema": SCHEMA} | spec)


def with_file(text: str) -> Loaded:
    """The same with the schema in a file."""
    tree = loaded(project(), schema_dataset(visual_schema="", visual_schema_file="poses.schema.json"))
    return replace(tree, schema_files={1: SchemaFile(text=text, location=HERE)})


def test_a_schema_in_the_manifest_and_in_a_file_are_one() -> None:
    inline = resolve(loaded(project(), schema_dataset())).datasets[POSES].guide
    in_file = resolve(with_file('{\n  "colours": ["red", "blue"],\n  "style": "flat"\n}\n')).datasets[POSES].guide
    assert isinstance(inline, SchemaGuide)
    assert inline.text == '{"style":"flat","colours":["red","blue"]}'
    assert same_guide(inline, in_file)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"caption_prefix": "A girl,"}, ["m/1.yaml:8:3 dataset-guide-double"]),
        ({"visual_schema_file": "x.json"}, ["m/1.yaml:8:3 dataset-guide-double"]),
        ({"visual_schema": ""}, ["m/1.yaml:4:1 dataset-caption-prefix-missing"]),
        ({"visual_schema": "{}"}, ["m/1.yaml:7:18 dataset-schema"]),
        ({"visual_schema": f"{{text: {'x' * SCHEMA_LIMIT}}}"}, ["m/1.yaml:7:18 dataset-schema"]),
        ({"visual_schema": "[a]"}, ["m/1.yaml:7:18 manifest-type"]),
    ],
)
def test_one_guide_that_can_be_sent(spec: dict[str, str], expected: list[str]) -> None:
    assert problems(project(), schema_dataset(**spec)) == expected


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ('{"a": 1, "a": 2}', "this schema cannot be read"),
        ('{"a": NaN}', "this schema cannot be read"),
        ('{"a":' * 70 + "1" + "}" * 70, "this schema cannot be read"),
        ("[1]", "this schema is no JSON object"),
        ('"text"', "this schema is no JSON object"),
        ("{}", "this schema is empty"),
        (json.dumps({"a": "x" * SCHEMA_LIMIT}), "this schema is too large"),
    ],
)
def test_a_schema_file_is_one_json_object_of_at_most_64_kib(text: str, summary: str) -> None:
    (problem,) = problems_in(with_file(text))
    assert (problem.rule, problem.location, problem.summary) == ("dataset-schema", HERE, summary)
    assert problem.detail
    assert problem.remedy


@pytest.mark.parametrize(("text", "line", "column"), [("", 1, 1), ("{", 1, 2), ('{"a": 1,\n  "b": oops}', 2, 8)])
def test_a_schema_file_that_is_no_json_is_told_where(text: str, line: int, column: int) -> None:
    (problem,) = problems_in(with_file(text))
    assert (problem.rule, problem.summary) == ("dataset-schema", "this schema cannot be read")
    assert problem.location == Location(HERE.path, line, column)
    assert problem.remedy.startswith("Correct it")


def test_white_space_does_not_count_against_the_limit() -> None:
    assert problems_in(with_file('{"a":' + " " * (SCHEMA_LIMIT + 1) + "1}")) == ()


def test_a_schema_needs_five_images_to_be_completed() -> None:
    four = folder(*images(1, 2, 3, 4))
    assert problems(project(), schema_dataset(), held=four) == ["m/1.yaml:6:18 dataset-count"]
    assert problems(project(), schema_dataset(status="draft"), held=four) == []
    assert problems(project(), dataset(), held=four) == []


def test_families_never_mix_in_a_project() -> None:
    mixed = problems(project(), schema_dataset("a-poses"), dataset("b-poses"), schema_dataset("c-poses"))
    assert [line for line in mixed if "(warning)" not in line] == ["m/2.yaml:6:3 project-families"]
    two = [
        project(),
        project("other", project_name="o"),
        schema_dataset("a-poses"),
        dataset("b-poses", project="other"),
    ]
    assert problems(*two) == []


@pytest.mark.parametrize(("family", "expected"), [("schema", []), ("prefix", ["m/1.yaml:7:3 dataset-family"])])
def test_a_project_may_say_its_family(family: str, expected: list[str]) -> None:
    assert problems(project(family=family), schema_dataset()) == expected


def test_a_model_of_the_schema_family_has_no_training_version() -> None:
    declared = resolve(loaded(project(), schema_dataset(), model())).models[parse_ref("model/lora-max")]
    assert declared.training_version is None
    assert problems(project(), schema_dataset(), model(training_version="max")) == ["m/2.yaml:6:3 model-version-family"]


def test_a_model_of_the_schema_family_keeps_its_checkpoints() -> None:
    """No operation draws with another one than the active one there, so which to keep means nothing."""
    found = problems(project(), schema_dataset(), model(training_mode="expert", training="{keep_checkpoints: [500]}"))
    assert [one for one in found if "checkpoints" in one] == ["m/2.yaml:7:14 model-checkpoints"]


def _entry(text: str, *, is_document: bool = False) -> CaptionEntry:
    return CaptionEntry(key="i1.png", text=text, location=Location("c", 1, 1), is_document=is_document)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (_entry('{"subject":"a girl"}', is_document=True), []),
        (_entry(' {"subject": "a girl"}\n'), []),
        (_entry("a girl"), ["c:1:1 caption-json"]),
        (_entry("{a girl}"), ["c:1:1 caption-json"]),
        (_entry("[1]"), ["c:1:1 caption-json"]),
        (_entry("{}"), ["c:1:1 caption-json"]),
        (_entry('{"a":"\\u0007"}'), []),
        (_entry(json.dumps({"a": "x" * 5_000})), ["c:1:1 caption-long"]),
    ],
)
def test_captions_under_a_schema_are_json_objects(entry: CaptionEntry, expected: list[str]) -> None:
    held = folder(*images(*range(6)), captions=[entry])
    assert problems(project(), schema_dataset(captions="{source: file}"), held=held) == expected


def test_a_declared_json_caption_is_sent_on_one_line_with_its_keys_in_their_order() -> None:
    held = folder(*images(*range(6)), captions=[_entry('{ "b": 1,\n "a": "é" }')])
    declared = resolve(loaded(project(), schema_dataset(captions="{source: file}"), held=held)).datasets[POSES]
    assert [image.caption for image in declared.images if image.caption] == ['{"b":1,"a":"é"}']


def test_a_json_caption_does_not_continue_a_prefix() -> None:
    held = folder(*images(*range(6)), captions=[_entry('{"a":1}', is_document=True)])
    assert problems(project(), dataset(captions="{source: file}"), held=held) == ["c:1:1 caption-family"]
