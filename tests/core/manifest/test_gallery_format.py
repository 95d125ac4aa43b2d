"""The format of a gallery: what the schema for editors takes is what is read, and every parameter of a generation has its key."""

import json
from typing import get_args

import jsonschema  # type: ignore[import-untyped]
import pytest
from ruamel.yaml import YAML

from reconciler.cli.command import generate
from reconciler.core.generation.parameter import PARAMETERS, RATIOS
from reconciler.core.generation.wrong import steps_of
from reconciler.core.manifest.gallery import read_gallery
from reconciler.core.manifest.gallery_spec import CaseKeys, GalleryBody, GuidanceKeys, Ratio
from reconciler.core.manifest.loaded import GalleryManifest
from reconciler.core.manifest.mismatch import keys_at, words_at
from reconciler.core.manifest.schema import manifest_schema
from reconciler.core.order import Draws, Method
from reconciler.files.yaml.reading import read_yaml

HEAD = "apiVersion: reconciler/v1\nkind: Gallery\nmetadata: {name: looks}\n"
CASE = "{name: a, prompt: b, seed: 1}"
VALIDATOR = jsonschema.Draft7Validator(manifest_schema())


def spec(case: str = CASE, more: str = "") -> str:
    return f"{HEAD}spec: {{model: m, path: looks{more}, cases: [{case}]}}\n"


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        (spec(), True),
        (spec(more=", checkpoints: [500]"), True),
        (spec("{name: a, seed: 1, kind: portrait, person: {image: a.png, id_strength: 0.5}}"), True),
        (spec("{name: a, seed: 1, prompt: b, guidance: [{method: canny, image: a.png, scale: 1}]}"), True),
        (spec("{name: a, seed: 1, prompt: b, image_prompt: {images: ['https://a.de/b'], mode: regular}}"), True),
        (spec("{name: a, prompt: b}"), False),
        (spec("{name: a, prompt: b, seed: '1'}"), False),
        (spec("{name: a, prompt: b, seed: 1, results: 2}"), False),
        (spec("{name: a, prompt: b, seed: 1, aspect_ratio: '2:1'}"), False),
        (spec("{name: a, prompt: b, seed: 1, guidance: [{method: lines, image: a.png}]}"), False),
        (spec("{name: a, prompt: b, seed: 1, structure: {image: a.png, influence: 2}}"), False),
        (spec("{name: A, prompt: b, seed: 1}"), False),
        (spec(more=", checkpoints: []"), False),
        (f"{HEAD}spec: {{model: m, path: looks, cases: []}}\n", False),
        (f"{HEAD}spec: {{model: m, cases: [{CASE}]}}\n", False),
        (HEAD, False),
        (spec().replace("{name: looks}", "{name: looks, ensure: absent}"), False),
    ],
)
def test_the_schema_takes_what_is_read(text: str, is_read: bool) -> None:
    """An editor marks what `validate` refuses, as far as the document itself tells."""
    (document,) = read_yaml(text.encode(), "g.yaml").documents
    assert isinstance(read_gallery(document), GalleryManifest) is is_read
    value = json.loads(json.dumps(YAML(typ="safe").load(text)))
    assert VALIDATOR.is_valid(value) is is_read


def test_every_parameter_of_a_generation_is_a_key_of_a_case() -> None:
    """But for the number of results, which is one, and for waiting in the request, after which more may be lost."""
    flags = {parameter.flag for known in PARAMETERS.values() for parameter in known}
    steps = {flag: steps_of(flag) for flag in flags - {"results", "sync"}}
    case = ("spec", "cases", 0)
    missing = [flag for flag, way in steps.items() if way[-1] not in keys_at(GalleryBody, (*case, *way[:-1]))]
    assert missing == []


def test_words_that_are_told_twice_are_the_same() -> None:
    """The command line and the format of a case load nothing of the rules to know them."""
    assert get_args(Ratio) == RATIOS == generate._RATIOS
    assert words_at(CaseKeys, ("kind",)) == tuple(Draws) == generate._KINDS
    assert words_at(GuidanceKeys, ("method",)) == tuple(Method)
