"""From a tree to a diagnosis: whose problem is whose, and what validate says is said once."""

import pytest

from reconciler.core.manifest.image import Facts, Flaw
from reconciler.core.manifest.loaded import CaptionEntry
from reconciler.core.problem import Location, Problem, Severity
from reconciler.doctor.diagnose import Evidence, diagnose
from reconciler.doctor.finding import in_reading_order
from reconciler.doctor.rules import Grade
from tests.doctor.build import (
    POSES,
    TODAY,
    dataset,
    examined,
    far,
    folder,
    picture,
    pixels,
    pointer,
    project,
    rules,
    sha,
    sidecar,
    tree,
    with_problem,
)

SIDECARS = "captions: {source: sidecar}"
MODEL = "apiVersion: reconciler/v1\nkind: Model\nmetadata: {name: max}\nspec:\n  dataset: poses\n  training_version: light\n"


def test_a_sound_dataset_has_no_findings() -> None:
    images = [picture(f"{name}.png") for name in "ab"]
    captions = (sidecar("a.png", "waving with both arms."), sidecar("b.png", "reading a thick book."))
    diagnosis = examined(
        project(),
        dataset("poses", SIDECARS),
        poses=folder(*images, captions=captions),
        measured={"a.png": pixels(far(1)), "b.png": pixels(far(2))},
    )
    (judged,) = diagnosis.datasets
    assert rules(diagnosis) == []
    assert (diagnosis.errors, diagnosis.warnings, diagnosis.advice, diagnosis.waived) == (0, 0, 0, 0)
    assert [caption.text for caption in judged.captions] == ["waving with both arms.", "reading a thick book."]


def test_what_validate_says_is_said_once_by_the_same_id_with_the_image_it_concerns() -> None:
    flaw = Flaw(rule="image-cut", summary="cut short", remedy="Export it again.")
    images = [
        picture("a.png", facts=None, flaw=flaw),
        picture("b.png", 800, 600),
        picture("c.png"),
    ]
    diagnosis = examined(project(), dataset(), MODEL, poses=folder(*images))
    (judged,) = diagnosis.datasets
    assert [(found.rule, found.grade, found.images) for found in judged.findings] == [
        ("image-cut", Grade.ERROR, ("a.png",)),
        ("dataset-count-advised", Grade.WARNING, ()),
        ("images-scaled", Grade.WARNING, ("b.png",)),
        ("legacy-generation", Grade.ADVICE, ()),
    ]
    assert diagnosis.problems == ()


def test_a_remedy_of_the_table_is_added_where_the_problem_has_none() -> None:
    rotated = picture("a.png", 3000, 1024)
    (judged,) = examined(project(), dataset(), poses=folder(rotated)).datasets
    (found,) = judged.findings
    assert (found.rule, found.remedy) == ("image-crop", "Crop it to a square yourself, around what matters.")


def test_problems_of_other_manifests_stay_apart() -> None:
    other = project(name="nina", description="one two three four five six seven words")
    diagnosis = examined(project(), other, dataset(), poses=folder(picture("a.png")))
    assert [(problem.rule, problem.location.path) for problem in diagnosis.problems] == [("text-words", "m/1.yaml")]
    assert rules(diagnosis) == []


def test_only_wanted_datasets_are_judged_and_only_their_manifests_count() -> None:
    texts = (project(), dataset("poses"), dataset("other", "status: draft"), "kind: Nonsense\n")
    everything = examined(*texts, poses=folder(picture("a.png")))
    narrow = examined(*texts, poses=folder(picture("a.png")), wanted=(POSES,))
    assert [str(one.ref) for one in everything.datasets] == ["dataset/other", "dataset/poses"]
    assert [str(one.ref) for one in narrow.datasets] == ["dataset/poses"]
    assert [problem.location.path for problem in everything.problems] == ["m/3.yaml"]
    assert narrow.problems == ()


def test_of_a_broken_dataset_that_is_wanted_all_problems_are_told() -> None:
    diagnosis = examined(project(), dataset("poses", "nonsense: 1"), wanted=(POSES,))
    assert diagnosis.datasets == ()
    assert [problem.rule for problem in diagnosis.problems] == ["manifest-key"]


def test_of_two_manifests_of_one_name_the_first_is_judged() -> None:
    diagnosis = examined(project(), dataset(), dataset(), poses=folder(picture("a.png")))
    assert len(diagnosis.datasets) == 1
    assert [problem.rule for problem in diagnosis.problems] == ["manifest-double"]


def test_a_dataset_without_a_folder_is_judged_by_its_prefix_alone() -> None:
    loaded = tree(project(), dataset(prefix="A girl."))
    (judged,) = diagnose(loaded, Evidence(today=TODAY)).datasets
    assert [found.rule for found in judged.findings] == ["prefix-name", "prefix-description", "prefix-end"]
    assert judged.images == ()


def test_without_a_prefix_and_without_a_project_the_pictures_are_judged_all_the_same() -> None:
    text = dataset().replace("  caption_prefix", "  # caption_prefix")
    diagnosis = examined(text, poses=folder(picture("a.png", 1536, 1024)))
    assert rules(diagnosis) == ["dataset-caption-prefix-missing", "image-cropped"]
    assert [problem.rule for problem in diagnosis.problems] == ["manifest-reference"]


@pytest.mark.parametrize("where", ["m/images/b.txt", "m/images/captions.yaml"])
def test_problems_met_in_the_folder_belong_to_the_dataset(where: str) -> None:
    met = Problem(rule="manifest-encoding", location=Location(where, 1, 1), summary="this file is not UTF-8 text")
    loaded = tree(project(), dataset(), folders={"poses": folder(picture("a.png"))})
    diagnosis = diagnose(with_problem(loaded, met), Evidence(today=TODAY))
    assert rules(diagnosis) == ["manifest-encoding"]
    assert diagnosis.problems == ()


def test_other_problems_met_in_the_folder_and_those_outside_do_not() -> None:
    inside = Problem(rule="manifest-key", location=Location("m/images/odd.yaml", 1, 1), summary="unknown key")
    outside = Problem(rule="path-refused", location=Location("m/else/a.png"), summary="no", severity=Severity.WARNING)
    loaded = tree(project(), dataset(), folders={"poses": folder(picture("a.png"))})
    diagnosis = diagnose(with_problem(with_problem(loaded, inside), outside), Evidence(today=TODAY))
    assert [problem.rule for problem in diagnosis.problems] == ["path-refused", "manifest-key"]
    assert (diagnosis.errors, diagnosis.warnings) == (1, 1)


def test_a_missing_folder_belongs_to_the_dataset_that_names_it() -> None:
    text = dataset()
    place = Location("m/1.yaml", 7, 18)
    missing = Problem(rule="images-folder-missing", location=place, summary="the image folder does not exist")
    diagnosis = diagnose(with_problem(tree(project(), text), missing), Evidence(today=TODAY))
    assert rules(diagnosis) == ["images-folder-missing"]


def test_images_without_caption_are_named_where_others_have_one() -> None:
    images = [picture("a.png"), picture("b.png")]
    partly = folder(*images, captions=(sidecar("a.png", "waving with both arms."),))
    (judged,) = examined(project(), dataset("poses", SIDECARS), poses=partly).datasets
    assert [(found.rule, found.images) for found in judged.findings] == [("caption-missing", ("b.png",))]


@pytest.mark.parametrize("suffix", [".txt", ".caption", ".TXT"])
def test_a_caption_file_that_cannot_be_read_is_not_missing_as_well(suffix: str) -> None:
    """It is there: its own problem says what to do, beside the image that it belongs to."""
    images = [picture("a.png"), picture("b.png"), picture("c.png")]
    partly = folder(*images, captions=(sidecar("a.png", "waving with both arms."),))
    summary = "this file is not UTF-8 text"
    met = Problem(rule="manifest-encoding", location=Location(f"m/images/b{suffix}", 1, 1), summary=summary)
    loaded = tree(project(), dataset("poses", SIDECARS), folders={"poses": partly})
    (judged,) = diagnose(with_problem(loaded, met), Evidence(today=TODAY)).datasets
    assert [(found.rule, found.images) for found in judged.findings] == [
        ("manifest-encoding", ("b.png",)),
        ("caption-missing", ("c.png",)),
    ]


def test_two_equal_files_are_named_both() -> None:
    images = [picture("a.png"), picture("b.png", digest=sha("a.png")), picture("c.png")]
    (judged,) = examined(project(), dataset(), poses=folder(*images)).datasets
    doubles = [found.images for found in judged.findings if found.rule == "image-double"]
    assert doubles == [("a.png", "b.png")]


def test_where_no_image_has_a_caption_one_problem_says_so() -> None:
    assert rules(examined(project(), dataset("poses", SIDECARS), poses=folder(picture("a.png")))) == ["caption-none"]


def test_captions_are_found_by_whole_name_or_by_stem_and_never_for_two() -> None:
    images = [
        picture("a.png"),
        picture("b.png"),
        picture("b.jpg", facts=Facts(format="JPEG", width=1100, height=1100)),
        picture("c.png"),
    ]
    entries = tuple(
        CaptionEntry(key=key, text=text, location=Location("m/images/captions.yaml", line, 1))
        for line, (key, text) in enumerate(
            [("a", "waving from afar."), ("b", "fits two of them."), ("c.png", "reading a book."), ("zz", "no image.")],
            1,
        )
    )
    (judged,) = examined(
        project(), dataset("poses", "captions: {source: file}"), poses=folder(*images, captions=entries)
    ).datasets
    assert [(caption.image, caption.location.line) for caption in judged.captions] == [("a.png", 1), ("c.png", 3)]
    ours = [found.rule for found in judged.findings if found.grade is not Grade.ADVICE]
    assert ours == ["caption-ambiguous", "caption-ownerless", "caption-missing", "caption-missing"]


def test_siblings_of_the_same_project_are_compared_by_content() -> None:
    loaded = tree(
        project(),
        dataset("poses"),
        dataset("copy"),
        folders={"poses": folder(picture("a.png")), "copy": folder(picture("x.png", digest=sha("a.png")))},
    )
    diagnosis = diagnose(loaded, Evidence(today=TODAY), (POSES,))
    (found,) = diagnosis.datasets[0].findings
    assert (found.rule, found.summary, found.images) == ("images-shared", "1 image also in dataset/copy", ("a.png",))


def test_pointers_and_icons() -> None:
    images = [pointer("a.png"), *(picture(f"i{n}.png") for n in range(5))]
    measured = {f"i{n}.png": pixels(far(n)) for n in range(5)}
    icons = project("icons")
    assert rules(examined(icons, dataset(), poses=folder(*images), measured=measured)) == ["images-unseen"]
    assert rules(examined(project(), dataset(), poses=folder(*images), measured=measured)) == [
        "images-unseen",
        "images-background",
    ]


def test_findings_are_read_gravest_first_and_doubles_are_dropped() -> None:
    (judged,) = examined(project(), dataset(prefix="A girl."), poses=folder(picture("a.png", 100, 100))).datasets
    assert [found.grade for found in judged.findings] == sorted(
        (found.grade for found in judged.findings), key=list(Grade).index
    )
    assert in_reading_order([*judged.findings, *judged.findings]) == judged.findings


def test_absent_datasets_are_not_looked_at() -> None:
    text = dataset().replace("metadata: {name: poses}", "metadata: {name: poses, ensure: absent}")
    assert examined(project(), text).datasets == ()
