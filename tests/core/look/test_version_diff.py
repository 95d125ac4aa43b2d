"""What differs between two versions, live ones or those of two trees."""

from dataclasses import replace

from reconciler.core.change import FieldChange
from reconciler.core.content_change import ImageEffect
from reconciler.core.fingerprint import content_fingerprint
from reconciler.core.guide import PrefixGuide
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.look.dataset_diff import CaptionDifference, DatasetVersion, Side, Writer, compare_datasets
from reconciler.core.look.version_diff import ModelDifference, ModelVersion, compare_models, compare_trees
from reconciler.core.name import image_key
from reconciler.core.uploads import ONE_BY_ONE
from tests.core.build import (
    DATASET,
    MODEL,
    PREFIX,
    dataset,
    image,
    live_dataset,
    live_image,
    live_model,
    model,
    sha,
    tree,
)

A, B = "a000000000001", "a000000000002"


def live(version: int, *images: RemoteImage, declared: tuple[str, ...] = (), prefix: str = PREFIX) -> RemoteDataset:
    """A completed dataset whose name carries the fingerprint of what git declared: the captions of these images."""
    rows = [
        (
            image_key(sha(one)),
            next(i.caption for i in images if image_key(sha(one)) in i.image_name) if one in declared else None,
        )
        for one in ("a", "b", "c", "d")
        if any(f".{image_key(sha(one))}" in i.image_name for i in images)
    ]
    print_ = content_fingerprint(PrefixGuide(text=prefix), ONE_BY_ONE, rows)
    return live_dataset(10 + version, f"poses v{version} ({print_})", *images, prefix=prefix)


def version(found: RemoteDataset, label: str = "v") -> DatasetVersion:
    return DatasetVersion(label=label, title=f"poses {label}", dataset=found)


def captions(before: RemoteDataset, after: RemoteDataset) -> list[tuple[str, str | None, str | None, Writer, Writer]]:
    found = compare_datasets(DATASET, version(before), version(after)).captions
    return [(one.name, one.before, one.after, one.before_by, one.after_by) for one in found]


def test_equal_datasets_do_not_differ() -> None:
    """Order and the ids of images are nothing."""
    one = live(1, live_image(1, "a"), live_image(2, "b"))
    found = compare_datasets(
        DATASET, version(one, "v1"), version(live(2, live_image(8, "b"), live_image(9, "a")), "v2")
    )
    assert found.is_none
    assert found.before == Side(label="v1", id=11, fingerprint=one.name[10:23], images=2)


def test_images_come_go_and_are_replaced_under_their_label() -> None:
    """By key; of two that come under one label only one replaces the one that goes."""
    before = live(1, live_image(1, "a"), live_image(2, "b"), live_image(3, "c", "by me", "manual"))
    after = live(
        2, live_image(1, "a"), live_image(4, "b", content="b2"), live_image(5, "b", content="b3"), live_image(6, "d")
    )
    found = compare_datasets(DATASET, version(before), version(after)).images
    assert [(one.effect, one.name, bool(one.replaces)) for one in found] == [
        (ImageEffect.ADDED, "b.png", False),
        (ImageEffect.REPLACED, "b.png", True),
        (ImageEffect.REMOVED, "c.png", False),
        (ImageEffect.ADDED, "d.png", False),
    ]
    assert (found[2].caption, found[2].hand_written) == ("by me", True)
    assert found[1].replaces == image_key(sha("b"))


def test_images_of_somebody_else_are_told_apart_by_name() -> None:
    """They carry no key."""
    foreign = RemoteImage(id=1, image_name="IMG_1.png", caption="x", caption_source="automatic")
    before, after = live(1, foreign), live(2, replace(foreign, id=2), replace(foreign, id=3, image_name="IMG_2.png"))
    found = compare_datasets(DATASET, version(before), version(after))
    assert [(one.effect, one.key) for one in found.images] == [(ImageEffect.ADDED, "IMG_2.png")]
    assert found.captions == ()


def test_captions_tell_who_wrote_them() -> None:
    """Git's by the fingerprint in the name; what is hand-written and not git's is a person's."""
    before = live(
        1, live_image(1, "a", "one", "manual"), live_image(2, "b"), live_image(3, "c", None, None), declared=("a",)
    )
    after = live(
        2,
        live_image(1, "a", "two", "manual"),
        live_image(2, "b", "mine", "manual"),
        live_image(3, "c"),
        declared=("a",),
    )
    assert captions(before, after) == [
        ("a.png", "one", "two", Writer.GIT, Writer.GIT),
        ("b.png", "seen.", "mine", Writer.AUTOMATIC, Writer.PERSON),
        ("c.png", None, "seen.", Writer.NOBODY, Writer.AUTOMATIC),
    ]
    people = compare_datasets(DATASET, version(before), version(after)).captions
    assert [one.concerns_people for one in people] == [False, True, False]


def test_the_same_words_by_another_writer_are_a_difference() -> None:
    """As after pulling captions into git; white space at the ends is none."""
    before = live(1, live_image(1, "a", "one ", "automatic"), live_image(2, "b", "two", "automatic"))
    after = live(2, live_image(1, "a", "one", "manual"), live_image(2, "b", " two", "automatic"), declared=("a",))
    assert captions(before, after) == [("a.png", "one ", "one", Writer.AUTOMATIC, Writer.GIT)]


def test_where_nothing_tells_a_caption_is_a_persons() -> None:
    """A name that a person gave, or content that does not fit the name."""
    before = replace(live(1, live_image(1, "a", "one", "manual"), declared=("a",)), name="My poses")
    after = live_dataset(12, f"poses v2 ({A})", live_image(1, "a", "two", "manual"))
    assert captions(before, after) == [("a.png", "one", "two", Writer.PERSON, Writer.PERSON)]
    assert compare_datasets(None, version(before), version(after)).before.fingerprint is None


def test_a_replaced_image_has_its_captions_compared() -> None:
    """Under its new key."""
    before = live(1, live_image(1, "a", "one", "automatic"))
    after = live(2, live_image(2, "a", "two", "automatic", content="a2"))
    assert captions(before, after) == [("a.png", "one", "two", Writer.AUTOMATIC, Writer.AUTOMATIC)]


def test_prefix_and_upload_type_are_fields() -> None:
    """Compared in their normal form."""
    before = live(1, prefix=PREFIX + " ")
    assert compare_datasets(DATASET, version(before), version(live(2))).fields == ()
    after = replace(live(2, prefix="A photo of Lora,"), upload_type="advanced")
    assert compare_datasets(DATASET, version(before), version(after)).fields == (
        FieldChange(path="caption_prefix", before=PREFIX + " ", after="A photo of Lora,"),
        FieldChange(path="upload_type", before="basic", after="advanced"),
    )


def test_models_differ_in_their_definition_and_in_their_datasets() -> None:
    """Mode, version, parameters, description, dataset; the content of the datasets beside it."""
    one = live_model(1, f"max v1 ({A})", training_mode="expert", training_version="bria-3.2", parameters=(("rank", 8),))
    two = replace(one, id=2, name=f"max v2 ({B})", description="new", parameters=(("rank", 16), ("steps", 9)))
    found = compare_models(
        MODEL,
        ModelVersion(label="v1", model=one, dataset=version(live(1, live_image(1, "a")), "v1")),
        ModelVersion(label="v2", model=two, dataset=version(live(2), "v2")),
    )
    assert [(field.path, field.before, field.after) for field in found.fields] == [
        ("dataset", "poses v1", "poses v2"),
        ("description", "", "new"),
        ("training.rank", 8, 16),
        ("training.steps", None, 9),
    ]
    assert found.dataset is not None
    assert found.dataset.ref == DATASET
    assert [one.effect for one in found.dataset.images] == [ImageEffect.REMOVED]
    assert (found.before.id, found.after.fingerprint, found.is_none, found.missing) == (1, B, False, ())


def test_a_dataset_that_is_gone_is_said() -> None:
    """And its version is no field, because nobody knows it."""
    one, two = live_model(1, f"max v1 ({A})"), live_model(2, "Lora")
    found = compare_models(
        MODEL,
        ModelVersion(label="v1", model=one, dataset=None),
        ModelVersion(label="v2", model=two, dataset=version(live(2))),
    )
    assert (found.missing, found.dataset, found.fields, found.is_none) == (("v1",), None, (), False)
    assert found.after.fingerprint is None


def test_what_the_live_side_does_not_tell_is_not_called_the_same() -> None:
    """The names carry two fingerprints, and nothing that is live says why."""
    sample = version(replace(live(1), name="Poses"))
    one = ModelVersion(label="v1", model=live_model(1, f"max v1 ({A})"), dataset=sample)
    two = ModelVersion(label="v2", model=live_model(2, f"max v2 ({B})"), dataset=sample)
    found = compare_models(MODEL, one, two)
    assert (found.is_none, found.is_untold) == (True, True)
    assert found.dataset is not None
    assert found.dataset.ref is None
    assert not compare_models(MODEL, one, one).is_untold


def test_two_trees_are_compared_by_the_same_rules() -> None:
    """No id, no text for a caption that Bria would write, git as the writer of those it declares."""
    before = tree(dataset(image("a"), image("b", "two")), model(description=None))
    after = tree(dataset(image("a", "one"), image("b", "2"), prefix="Lora,"), model(training_version="light"))
    found = compare_trees(DATASET, before, after, ("main", "HEAD"))
    assert (found.before.label, found.before.id, found.after.label) == ("main", None, "HEAD")
    assert [field.path for field in found.fields] == ["caption_prefix"]
    trained = compare_trees(MODEL, before, after, ("main", "HEAD"))
    assert isinstance(trained, ModelDifference)
    assert trained.dataset is not None
    assert trained.dataset == replace(found, ref=DATASET)
    assert trained.dataset.captions[0] == CaptionDifference(
        key=image_key(sha("a")), name="a.png", before=None, after="one", before_by=Writer.AUTOMATIC, after_by=Writer.GIT
    )
    assert [(field.path, field.after) for field in trained.fields] == [("training_version", "light")]
    assert compare_trees(MODEL, before, before, ("main", "HEAD")).is_none
