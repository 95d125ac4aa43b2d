"""From manifests to what is desired: references, field rules, and what only the whole tree shows."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.desired import Desired
from reconciler.core.guide import PrefixGuide, default_prefix
from reconciler.core.kind import Kind
from reconciler.core.manifest.image import Facts, ImageFile
from reconciler.core.manifest.loaded import CaptionEntry, ImageFolder, Loaded, Manifest
from reconciler.core.manifest.reading import declared_refs, read_manifest
from reconciler.core.manifest.resolve import resolve
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.problem import Location, Problem, ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.uploads import Archive
from reconciler.files.yaml.reading import read_yaml

POSES = Ref(Kind.DATASET, "poses")


def project(name: str = "lora", **spec: str) -> str:
    fields = {
        "project_name": name,
        "ip_name": "Lora",
        "ip_description": "a girl",
        "ip_medium": "illustration",
        "ip_type": "defined_character",
    }
    return manifest("Project", name, fields | spec)


def dataset(name: str = "poses", **spec: str) -> str:
    return manifest(
        "Dataset", name, {"project": "lora", "caption_prefix": "A character,", "images": "{path: images}"} | spec
    )


def model(name: str = "lora-max", **spec: str) -> str:
    return manifest("Model", name, {"dataset": "poses"} | spec)


def manifest(kind: str, name: str, fields: dict[str, str], metadata: str = "") -> str:
    lines = [f"  {key}: {value}" for key, value in fields.items() if value]
    return "\n".join(["apiVersion: reconciler/v1", f"kind: {kind}", f"metadata: {{name: {name}}}", "spec:", *lines, ""])


def images(*seeds: int, size: tuple[int, int] = (1100, 1100)) -> tuple[ImageFile, ...]:
    facts = Facts(format="PNG", width=size[0], height=size[1])
    return tuple(
        ImageFile(name=f"i{n}.png", path=f"images/i{n}.png", digest=f"{n:064x}", size=100, facts=facts) for n in seeds
    )


def folder(*files: ImageFile, captions: Sequence[CaptionEntry] = ()) -> ImageFolder:
    return ImageFolder(root="m", images=files, captions=tuple(captions))


def loaded(*texts: str, held: ImageFolder | None = None) -> Loaded:
    """Each text is a file `m/0.yaml`, `m/1.yaml`, …; every dataset holds the same images."""
    manifests: list[Manifest] = []
    broken: set[Ref] = set()
    problems: list[Problem] = []
    for index, text in enumerate(texts):
        for document in read_yaml(text.encode(), f"m/{index}.yaml").documents:
            found = read_manifest(document)
            if isinstance(found, Manifest):
                manifests.append(found)
            else:
                problems += found
                broken |= declared_refs(document) or set()
    held = held or folder(*images(*range(6)))
    folders = {index: held for index, found in enumerate(manifests) if isinstance(found.body, DatasetBody)}
    return Loaded(
        location=Location("m"),
        manifests=tuple(manifests),
        folders=folders,
        broken=frozenset(broken),
        problems=tuple(problems),
    )


def problems(*texts: str, held: ImageFolder | None = None) -> list[str]:
    """Place, rule and severity of everything said."""
    try:
        found = resolve(loaded(*texts, held=held)).warnings
    except ProblemsFound as raised:
        found = raised.problems
    return [f"{p.location} {p.rule}{'' if p.is_error else ' (warning)'}" for p in found]


def the_problem(*texts: str) -> Problem:
    with pytest.raises(ProblemsFound) as raised:
        resolve(loaded(*texts))
    (problem,) = raised.value.problems
    return problem


def desired(*texts: str) -> Desired:
    return resolve(loaded(*texts))


def test_a_sound_tree_has_no_problems() -> None:
    found = desired(project(), dataset(), model())
    assert found.warnings == ()
    assert found.projects[Ref(Kind.PROJECT, "lora")].project_description is None
    assert found.datasets[POSES].captions_source == "automatic"


PROJECTS = [
    ({"ip_name": ""}, ["m/0.yaml:4:1 project-field-required"]),
    ({"ip_name": '" "'}, ["m/0.yaml:6:12 project-field-required", "m/0.yaml:6:12 text-empty"]),
    ({"ip_description": ""}, ["m/0.yaml:4:1 project-field-required"]),
    ({"ip_name": "", "ip_description": "", "ip_type": "other"}, []),
    ({"ip_name": "", "ip_description": "", "ip_type": "object_variants"}, ["m/0.yaml:4:1 project-field-required"]),
    ({"ip_name": "", "ip_type": "object_variants"}, []),
    ({"ip_medium": "photography"}, []),
    ({"ip_medium": "photography", "ip_type": "icons"}, ["m/0.yaml:8:14 project-medium"]),
    ({"ip_medium": "photography", "ip_type": "object_variants"}, ["m/0.yaml:8:14 project-medium"]),
    ({"ip_medium": "photography", "ip_type": "multi_object_set"}, ["m/0.yaml:8:14 project-medium"]),
    ({"ip_medium": "photography", "ip_type": "character_variants"}, ["m/0.yaml:8:14 project-medium"]),
    ({"ip_medium": "photography", "ip_type": "stylized_scene"}, []),
    ({"ip_name": "one two three four"}, ["m/0.yaml:6:12 text-words (warning)"]),
    ({"ip_description": "one two three four five six seven"}, ["m/0.yaml:7:19 text-words (warning)"]),
    ({"project_name": "x" * 65}, ["m/0.yaml:5:17 text-long (warning)"]),
    ({"project_name": "x" * 10_000}, ["m/0.yaml:5:17 text-long"]),
    ({"project_name": '"a\\nb"'}, ["m/0.yaml:5:17 text-name"]),
    ({"project_name": '"a]b"'}, ["m/0.yaml:5:17 text-name"]),
    ({"project_name": '"a\\u202eb"'}, ["m/0.yaml:5:17 text-name"]),
    ({"project_name": '""'}, ["m/0.yaml:5:17 text-empty"]),
    ({"ip_name": '"a\\u200bb"'}, ["m/0.yaml:6:12 text-name"]),
]


@pytest.mark.parametrize(("spec", "expected"), PROJECTS)
def test_h49_rules_of_projects(spec: dict[str, str], expected: list[str]) -> None:
    assert problems(project(**spec)) == expected


def test_h49_one_project_name_for_two_manifests() -> None:
    problem = the_problem(project("lora"), project("other", project_name="lora"))
    assert f"{problem.location} {problem.rule}" == "m/1.yaml:5:17 project-name-double"
    assert 'project/lora (at m/0.yaml:1:1) and project/other are both "lora"' in problem.detail
    problem = the_problem(project("lora", project_name="b"), project("b", project_name=""))
    assert problem.rule == "project-name-double"


def test_h50_one_id_pinned_twice() -> None:
    pinned = [project(name).replace(f"{{name: {name}}}", f"{{name: {name}, id: 7}}") for name in ("a", "b")]
    problem = the_problem(*pinned)
    assert f"{problem.location} {problem.rule}" == "m/1.yaml:3:25 project-id-double"
    assert desired(pinned[0]).projects[Ref(Kind.PROJECT, "a")].id == 7


def test_two_manifests_with_one_name() -> None:
    problem = the_problem(project(), project(project_name="other"))
    assert f"{problem.location} {problem.rule}" == "m/1.yaml:3:18 manifest-double"
    assert problem.summary == "project/lora is declared twice"
    assert desired(project("a"), dataset("a", project="a"), model("a", dataset="a")).refs[0].name == "a"


def test_unknown_references_come_with_a_guess() -> None:
    assert problems(dataset(), model(dataset="pose")) == [
        "m/0.yaml:5:12 manifest-reference",
        "m/1.yaml:5:12 manifest-reference",
    ]
    assert the_problem(project(), dataset(), model(dataset="pose")).remedy == 'Did you mean "poses"?'
    assert the_problem(dataset()).remedy == "Declare it: kind: Project, metadata.name: lora"


def test_a_reference_to_a_broken_manifest_is_not_unknown() -> None:
    assert problems(project(ip_type="nonsense"), dataset()) == ["m/0.yaml:9:12 manifest-value"]


def test_no_manifests_is_an_error_only_where_nothing_else_is_said() -> None:
    assert problems() == ["m manifest-none"]
    assert problems("kind: Model") == ["m/0.yaml:1:1 manifest-version"]


PREFIX_CASES = [
    ({}, 'Bria would write: caption_prefix: "An illustration of a character named Lora, a girl,"'),
    (
        {"ip_medium": "photography", "ip_name": "BriaPhant"},
        'Bria would write: caption_prefix: "A photo of a character named Briaphant, a girl, "',
    ),
    ({"ip_type": "stylized_scene"}, "Let Bria propose one from your images: `reconciler guide poses`"),
]


@pytest.mark.parametrize(("spec", "remedy"), PREFIX_CASES)
def test_a_missing_prefix_is_proposed(spec: dict[str, str], remedy: str) -> None:
    problem = the_problem(project(**spec), dataset(caption_prefix=""))
    assert problem.rule == "dataset-caption-prefix-missing"
    assert str(problem.location) == "m/1.yaml:4:1"
    assert problem.remedy == remedy
    empty = the_problem(project(**spec), dataset(caption_prefix='"  "'))
    assert f"{empty.location} {empty.rule}" == "m/1.yaml:6:19 dataset-caption-prefix-missing"


def test_a_prefix_without_project_is_left_to_the_command() -> None:
    assert problems(dataset(caption_prefix="")) == [
        "m/0.yaml:4:1 dataset-caption-prefix-missing",
        "m/0.yaml:5:12 manifest-reference",
    ]


def test_the_command_for_prefixes_runs_without_one() -> None:
    given_ = loaded(project(), dataset(caption_prefix=""))
    assert resolve(given_, without_guide_of=(POSES,)).datasets[POSES].guide == PrefixGuide(text="")
    with pytest.raises(ProblemsFound):
        resolve(given_, without_guide_of=(Ref(Kind.DATASET, "other"),))


@pytest.mark.parametrize(
    ("medium", "kind", "name", "description", "expected"),
    [
        (
            "photography",
            "defined_character",
            "BriaPhant",
            "a purple skinned elephant",
            "A photo of a character named Briaphant, a purple skinned elephant, ",
        ),
        (
            "illustration",
            "defined_character",
            "lora smith",
            "a girl ",
            "An illustration of a character named Lora Smith, a girl,",
        ),
        ("illustration", "icons", "lora", "a girl", None),
        ("illustration", "defined_character", None, "a girl", None),
        ("illustration", "defined_character", "lora", None, None),
    ],
)
def test_the_prefix_that_the_api_writes(
    medium: str, kind: str, name: str | None, description: str | None, expected: str | None
) -> None:
    assert default_prefix(medium, kind, name, description) == expected


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ('"A \\u202e b,"', ["m/1.yaml:6:19 prefix-hidden (warning)"]),
        (f'"{"x" * 5_001}"', ["m/1.yaml:6:19 prefix-long"]),
        ('"A photo, "', []),
    ],
)
def test_texts_of_prefixes_are_judged(prefix: str, expected: list[str]) -> None:
    assert problems(project(), dataset(caption_prefix=prefix)) == expected


def test_a_prefix_is_kept_as_written() -> None:
    assert desired(project(), dataset(caption_prefix='"A photo, "')).datasets[POSES].guide == PrefixGuide(
        text="A photo, "
    )


MODELS = [
    ({}, []),
    ({"training_version": "max"}, []),
    ({"training_version": "bria-3.2"}, ["m/2.yaml:6:21 model-version"]),
    ({"training_mode": "expert", "training_version": "bria-2.3"}, []),
    (
        {"training_mode": "expert", "training_version": "light"},
        ["m/1.yaml:7:18 dataset-count-advised (warning)", "m/2.yaml:7:21 model-version"],
    ),
    ({"training": "{rank: 8}"}, ["m/2.yaml:6:14 model-expert-only"]),
    ({"training": "{start: false}"}, []),
    ({"training_mode": "expert", "training": "{rank: 3}"}, ["m/2.yaml:7:20 model-range (warning)"]),
    ({"training_mode": "expert", "training": "{rank: 4}"}, []),
    ({"training_mode": "expert", "training": "{rank: 257}"}, ["m/2.yaml:7:20 model-range (warning)"]),
    ({"training_mode": "expert", "training": "{learning_rate: 0.01}"}, ["m/2.yaml:7:29 model-range (warning)"]),
    ({"training_mode": "expert", "training": "{total_training_steps: 5001}"}, ["m/2.yaml:7:36 model-range (warning)"]),
    ({"training_mode": "expert", "training": "{checkpoint_interval: 99}"}, ["m/2.yaml:7:35 model-range (warning)"]),
    ({"training_mode": "expert", "training": "{lr_warmup_steps: 1001}"}, ["m/2.yaml:7:31 model-range (warning)"]),
    ({"training_mode": "expert", "training": "{lr_scheduler: cosine}"}, []),
    (
        {"training_mode": "expert", "training": "{checkpoint_interval: 500, total_training_steps: 400}"},
        ["m/2.yaml:7:35 model-checkpoint"],
    ),
    ({"training_mode": "expert", "training": "{checkpoint_interval: 400, total_training_steps: 400}"}, []),
    ({"training_mode": "expert", "training": "{keep_checkpoints: [1000, 1500]}"}, []),
    ({"training_mode": "expert", "training": "{keep_checkpoints: []}"}, []),
    ({"training": "{keep_checkpoints: [1000]}"}, ["m/2.yaml:6:14 model-checkpoints"]),
    ({"training_mode": "expert", "training": "{keep_checkpoints: [0]}"}, ["m/2.yaml:7:33 manifest-value"]),
    ({"training_mode": "expert", "training": "{keep_checkpoints: 1000}"}, ["m/2.yaml:7:32 manifest-type"]),
    (
        {"training_mode": "expert", "training": "{total_training_steps: 1000, keep_checkpoints: [1000, 1500]}"},
        ["m/2.yaml:7:67 model-checkpoints (warning)"],
    ),
    (
        {
            "training_mode": "expert",
            "training": "{checkpoint_interval: 400, total_training_steps: 1000, keep_checkpoints: [400, 500, 1000]}",
        },
        ["m/2.yaml:7:92 model-checkpoints (warning)"],
    ),
    ({"aliases": "{production: a51be07, candidate: current, full: a51be07aa9c13}"}, []),
    ({"aliases": "{production: v2}"}, ["m/2.yaml:6:25 model-alias-number (warning)"]),
    ({"aliases": "{v1: a51be07}"}, []),
    ({"aliases": "{production: a51be}"}, ["m/2.yaml:6:25 model-alias"]),
    ({"aliases": "{production: A51BE07}"}, ["m/2.yaml:6:25 model-alias"]),
    ({"aliases": "{production: newest}"}, ["m/2.yaml:6:25 model-alias"]),
    ({"aliases": "{production: v02}"}, ["m/2.yaml:6:25 model-alias"]),
    ({"aliases": "{production: '1234567'}"}, ["m/2.yaml:6:25 model-alias"]),
    ({"aliases": "{production: a51be07aa9c1345}"}, ["m/2.yaml:6:25 model-alias"]),
    ({"aliases": "{production: v0}"}, ["m/2.yaml:6:25 model-alias"]),
    ({"aliases": "{Production: current}"}, ["m/2.yaml:6:13 model-alias-name"]),
    ({"aliases": "{a.b: current}"}, ["m/2.yaml:6:13 model-alias-name"]),
    ({"aliases": "{a_b: current}"}, ["m/2.yaml:6:13 model-alias-name"]),
    ({"aliases": "{-a: current}"}, ["m/2.yaml:6:13 model-alias-name"]),
    ({"aliases": "{'': current}"}, ["m/2.yaml:6:13 model-alias-name"]),
    ({"aliases": f"{{{'a' * 63}: current}}"}, []),
    ({"aliases": f"{{{'a' * 64}: current}}"}, ["m/2.yaml:6:13 model-alias-name"]),
    ({"aliases": "{current: a51be07}"}, ["m/2.yaml:6:13 model-alias-name"]),
    ({"training": "{retrain: never, on_failure: retrain, retries: 5, on_superseded: stop}"}, []),
    ({"training": "{retries: 1}"}, ["m/2.yaml:6:23 model-retries (warning)"]),
    ({"training": "{retries: 3, on_failure: keep}"}, ["m/2.yaml:6:23 model-retries (warning)"]),
    ({"training": "{on_failure: retrain}"}, []),
    ({"training_mode": "expert", "training": "{retries: 2}"}, ["m/2.yaml:7:23 model-retries (warning)"]),
    ({"history_limit": "100"}, []),
]


@pytest.mark.parametrize(("spec", "expected"), MODELS)
def test_rules_of_models(spec: dict[str, str], expected: list[str]) -> None:
    assert problems(project(), dataset(), model(**spec)) == expected


def test_models_carry_what_is_declared_and_no_more() -> None:
    found = desired(project(), dataset(), model(training_mode="expert", training="{rank: 8, learning_rate: 1e-4}"))
    wanted = found.models[Ref(Kind.MODEL, "lora-max")]
    assert wanted.parameters == (("learning_rate", 0.0001), ("rank", 8))
    assert wanted.training_version == "bria-3.2"
    assert wanted.description is None


def test_two_with_one_fingerprint_are_a_warning_naming_both() -> None:
    found = desired(project(), dataset(), dataset("twin"), model(), model("again", dataset="twin"))
    assert [(str(problem.location), problem.rule) for problem in found.warnings] == [
        ("m/2.yaml:1:1", "dataset-twin"),
        ("m/3.yaml:1:1", "model-twin"),
    ]
    assert found.warnings[0].summary == "dataset/poses and dataset/twin are the same"
    assert found.warnings[1].summary == "model/again and model/lora-max are the same"
    assert found.warnings[0].detail.startswith("Both have the fingerprint a")


def test_other_content_is_no_twin() -> None:
    assert (
        problems(
            project(),
            dataset(),
            dataset("other", caption_prefix="Another,"),
            model(),
            model("b", training_version="light"),
            held=folder(*images(*range(20))),
        )
        == []
    )


def test_captions_reach_their_images_in_normal_form() -> None:
    entries = [
        CaptionEntry(key="i1", text=" Cafe\u0301\r\n", location=Location("m/images/i1.txt"), is_sidecar=True),
        CaptionEntry(key="i2.png", text="b", location=Location("m/images/captions.yaml", 1, 1)),
    ]
    found = resolve(
        loaded(project(), dataset(captions="{source: sidecar}"), held=folder(*images(1, 2, 3, 4, 5), captions=entries))
    )
    assert {image.name: image.caption for image in found.datasets[POSES].images if image.caption} == {
        "i1.png": "Café",
        "i2.png": "b",
    }


def test_captions_that_could_not_be_read_are_not_judged_again() -> None:
    held = ImageFolder(captions=None)
    assert problems(project(), dataset(captions="{source: file}", status="draft"), held=held) == [
        "m/1.yaml:7:18 dataset-count (warning)"
    ]


def test_pixels_beyond_the_cap_are_refused() -> None:
    for size, expected in (
        ((60_000, 60_000), True),
        ((12_000, 12_000), True),
        ((70_000, 1_000), True),
        ((0, 5), True),
        ((10_900, 11_000), False),
    ):
        found = problems(project(), dataset(), held=folder(*images(1, size=size)))
        assert ("m/images/i1.png image-pixels" in found) is expected


TEXTS = [
    project(),
    project("other"),
    dataset(),
    dataset("second", caption_prefix="Another,"),
    dataset("third", project="unknown"),
    model(),
    model("b", training_version="bria-3.2"),
    model("lora-max", description="twice"),
    "kind: 3",
]


def everything(texts: Sequence[str], order: Sequence[int]) -> tuple[Desired | None, tuple[Problem, ...]]:
    """What is said of files that keep their names, loaded in some order."""
    whole = loaded(*texts)
    manifests = [whole.manifests[index] for index in order]
    shuffled = Loaded(
        location=whole.location,
        manifests=tuple(manifests),
        folders={new: whole.folders[old] for new, old in enumerate(order) if old in whole.folders},
        broken=whole.broken,
        problems=tuple(random.Random(len(order)).sample(whole.problems, len(whole.problems))),
    )
    try:
        found = resolve(shuffled)
    except ProblemsFound as raised:
        return None, raised.problems
    return found, found.warnings


@given(st.permutations(range(7)), st.booleans())
def test_the_order_of_loading_changes_nothing(order: list[int], is_sound: bool) -> None:
    texts = [TEXTS[0], TEXTS[1], TEXTS[2], TEXTS[3], TEXTS[5], dataset("last"), model("c")] if is_sound else TEXTS
    order = order if is_sound else [*order, 7]
    assert everything(texts, order) == everything(texts, sorted(order))


def test_every_problem_has_words() -> None:
    said = [*everything(TEXTS, range(8))[1], *everything([project(ip_name="")], range(1))[1]]
    assert len(said) > 3
    for problem in said:
        assert problem.rule
        assert problem.summary
        assert not problem.summary.endswith(".")


def test_more_images_than_one_by_one_go_into_an_archive() -> None:
    """201 images need the other upload type, and the message says so; 5,001 need two datasets."""
    many = folder(*images(*range(1, 202)))
    with pytest.raises(ProblemsFound) as found:
        resolve(loaded(project(), dataset(), held=many))
    (problem,) = found.value.problems
    assert problem.rule == "dataset-count"
    assert problem.remedy == (
        "Leave some out with `include`, or write `upload_type: advanced`, which takes up to 5,000 in one archive."
    )
    tree = resolve(loaded(project(), dataset(upload_type="advanced"), held=many))
    assert tree.datasets[POSES].uploads == Archive()
    assert tree.datasets[POSES].increase_resolution is False
    assert problems(project(), dataset(upload_type="advanced"), held=folder(*images(*range(1, 5_002)))) == [
        "m/1.yaml:7:18 dataset-count"
    ]


@pytest.mark.parametrize(
    ("spec", "size", "expected"),
    [
        ({}, (1100, 1100), []),
        ({"images": "{path: images, increase_resolution: true}"}, (1100, 1100), ["dataset-increase-resolution"]),
        ({"images": "{path: images, increase_resolution: false}"}, (1100, 1100), []),
        ({}, (1000, 1000), ["image-small"]),
        ({}, (1024, 1024), ["image-edge (warning)"]),
    ],
)
def test_images_of_an_archive_are_never_scaled_up(
    spec: dict[str, str], size: tuple[int, int], expected: list[str]
) -> None:
    held = folder(*images(*range(1, 211), size=size))
    found = problems(project(), dataset(upload_type="advanced", **spec), held=held)
    assert list(dict.fromkeys(line.partition(" ")[2] for line in found)) == expected
    assert len(found) == (210 if expected == ["image-small"] else len(expected))


def test_an_archive_takes_5_gb() -> None:
    """Names and captions take some of it: 250 images of 20 MB are too many by a little."""
    files = tuple(replace(one, size=20_000_000) for one in images(*range(1, 251)))
    found = problems(project(), dataset(upload_type="advanced"), held=folder(*files))
    assert [line for line in found if "dataset" in line] == ["m/1.yaml:7:18 dataset-bytes"]
    found = problems(project(), dataset(upload_type="advanced"), held=folder(*files[1:]))
    assert not [line for line in found if "dataset" in line]


def test_what_an_archive_is_not_for() -> None:
    """A few images, and a fully automated training: both are warnings."""
    found = problems(project(), dataset(upload_type="advanced"), model(), held=folder(*images(*range(1, 31))))
    assert found == [
        "m/1.yaml:8:16 dataset-archive-automatic (warning)",
        "m/1.yaml:8:16 dataset-archive-small (warning)",
    ]
