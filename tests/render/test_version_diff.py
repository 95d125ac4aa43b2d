"""Two versions beside each other, for people and for programs."""

import json
from dataclasses import replace

from reconciler.core.change import FieldChange
from reconciler.core.content_change import ImageChange, ImageEffect
from reconciler.core.look.dataset_diff import CaptionDifference, DatasetDifference, Side, Writer
from reconciler.core.look.version_diff import ModelDifference
from reconciler.render.text import render_text
from reconciler.render.version_diff import difference_json, difference_view
from tests.render import sample


def caption(name: str, before: str | None, after: str | None, by: Writer, then: Writer) -> CaptionDifference:
    return CaptionDifference(key=f"key {name}", name=name, before=before, after=after, before_by=by, after_by=then)


def image(effect: ImageEffect, name: str, text: str | None = None, *, hand_written: bool = False) -> ImageChange:
    return ImageChange(effect=effect, name=name, key=f"key {name}", caption=text, hand_written=hand_written)


DATASET = DatasetDifference(
    ref=sample.DATASET,
    before=Side(label="v1", id=457, fingerprint="a000000000001", images=24),
    after=Side(label="v2", id=458, fingerprint="a000000000002", images=25),
    fields=(FieldChange(path="caption_prefix", before=sample.BEFORE, after=sample.AFTER),),
    images=(
        image(ImageEffect.ADDED, "jump", "jumping."),
        image(ImageEffect.ADDED, "run"),
        image(ImageEffect.REMOVED, "sit", "sitting.", hand_written=True),
        image(ImageEffect.REMOVED, "sleep", "sleeping."),
        image(ImageEffect.REPLACED, "wave", "waving."),
    ),
    captions=(
        caption("blink", "blinking.", "blinking twice.", Writer.AUTOMATIC, Writer.AUTOMATIC),
        caption("paint", "painting a wall.", "painting a picture.", Writer.GIT, Writer.GIT),
        caption("read", "reading a red book.", "reading a blue book.", Writer.AUTOMATIC, Writer.PERSON),
        caption("stand", "standing.", "standing.", Writer.PERSON, Writer.GIT),
        caption("tea", None, "drinking tea.", Writer.AUTOMATIC, Writer.GIT),
        caption("walk", "walking.", None, Writer.GIT, Writer.AUTOMATIC),
        caption("wink", None, None, Writer.NOBODY, Writer.AUTOMATIC),
    ),
)
NOTHING = replace(DATASET, fields=(), images=(), captions=())
MODEL = ModelDifference(
    ref=sample.MODEL,
    before=Side(label="v1", id=81, fingerprint="a000000000001"),
    after=Side(label="v2", id=92, fingerprint="a000000000002"),
    fields=(FieldChange(path="training.rank", before=8, after=16),),
    dataset=DATASET,
)


def test_a_dataset_says_what_goes_first_and_what_people_wrote_first() -> None:
    """Images that go, then the others; hand-written captions, then git's, then automatic ones."""
    assert render_text(difference_view(DATASET)) == (
        "~ dataset/lora-poses  v1 -> v2  24 images (id 457) -> 25 images (id 458)\n"
        "    caption_prefix   An illustration of a character named Lora, a [-girl-] {+female character+} with\n"
        "                     purple hair,\n"
        '    images           - sit     with its caption "sitting."\n'
        '                     - sleep   "sleeping."\n'
        '                     + jump    "jumping."\n'
        "                     + run\n"
        "                     ~ wave    another picture under the same name\n"
        "    captions         ~ read    automatic -> written by hand: reading a [-red-] {+blue+} book.\n"
        '                     ~ stand   written by hand -> from git: "standing."\n'
        "                     ~ paint   from git: painting a [-wall.-] {+picture.+}\n"
        "                     ~ tea     automatic -> from git: {+drinking tea.+}\n"
        "                     ~ walk    from git -> automatic: [-walking.-]\n"
        "                     ~ blink   automatic: [-blinking.-] {+blinking twice.+}\n"
        "                     ~ wink    none -> automatic\n"
        "\n"
        "From v1 to v2: 1 field, 2 images added, 2 images removed, 1 image replaced, 7 captions.\n"
    )


def test_a_model_and_the_difference_of_its_datasets() -> None:
    """Both, and a sum of both."""
    text = render_text(difference_view(MODEL))
    assert text.startswith(
        "~ model/lora-max      v1 -> v2  id 81 -> id 92\n    training.rank    8 -> 16\n~ dataset/lora"
    )
    assert "From v1 to v2: 1 field, in the dataset 1 field, 2 images added" in text.replace("\n", " ")


def test_nothing_differs() -> None:
    """One object, one sentence; a fingerprint that nothing explains is no sameness."""
    assert render_text(difference_view(NOTHING)).endswith("v1 and v2 hold the same.\n")
    untold = replace(MODEL, fields=(), dataset=NOTHING)
    assert "differ in something that the live side does not tell" in render_text(difference_view(untold))
    assert json.loads(difference_json(untold))["same"] is False
    same = replace(untold, after=replace(untold.after, fingerprint=untold.before.fingerprint))
    assert render_text(difference_view(same)) == (
        ". model/lora-max  v1 -> v2  id 81 -> id 92\n\nv1 and v2 are the same.\n"
    )
    assert json.loads(difference_json(same))["same"] is True


def test_a_dataset_that_is_gone_and_one_that_a_person_named() -> None:
    """Said in the sum; the name is not invented."""
    gone = replace(MODEL, fields=(), dataset=None, missing=("v1", "v2"))
    assert render_text(difference_view(gone)).endswith(
        "From v1 to v2: the dataset of v1 and of v2 is not live any more.\n"
    )
    assert render_text(difference_view(replace(NOTHING, ref=None))).startswith(". dataset  v1 -> v2")
    assert json.loads(difference_json(gone))["missing"] == ["v1", "v2"]
    assert json.loads(difference_json(replace(NOTHING, ref=None)))["ref"] is None


def test_what_is_not_live_is_known_by_its_fingerprint() -> None:
    """Two revisions of the tree."""
    offline = replace(
        NOTHING, before=replace(DATASET.before, id=None, label="main"), after=Side(label="working tree", images=1)
    )
    text = render_text(difference_view(offline))
    assert "main -> working tree  24 images (a000000000001) -> 1 image (not live)" in text


def test_long_lists_are_folded_and_losses_are_not() -> None:
    """Images that come and captions that nobody wrote by hand; the others all stand there."""
    many = range(20)
    dataset = replace(
        DATASET,
        images=tuple(image(ImageEffect.ADDED, f"new{n:02}") for n in many)
        + tuple(image(ImageEffect.REMOVED, f"old{n:02}") for n in many),
        captions=tuple(caption(f"auto{n:02}", "a", "b", Writer.AUTOMATIC, Writer.AUTOMATIC) for n in many)
        + tuple(caption(f"hand{n:02}", "a", "b", Writer.PERSON, Writer.GIT) for n in many),
    )
    text = render_text(difference_view(dataset))
    assert (text.count("- old"), text.count("~ hand")) == (20, 20)
    assert (text.count("+ new"), text.count("~ auto")) == (6, 6)
    assert "… and 14 more images" in text
    assert "… and 14 more captions" in text


def test_json_is_complete_and_ascii() -> None:
    """Every field, every image, every caption with its writers, nothing folded."""
    hostile = replace(DATASET, captions=(caption("x", sample.HOSTILE, "é", Writer.PERSON, Writer.GIT),))
    text = difference_json(replace(MODEL, dataset=hostile))
    assert text.isascii()
    found = json.loads(text)
    assert found["fields"] == [{"path": "training.rank", "before": 8, "after": 16}]
    assert found["dataset"]["captions"] == [
        {
            "key": "key x",
            "name": "x",
            "before": sample.HOSTILE,
            "after": "é",
            "before_by": "person",
            "after_by": "git",
        }
    ]
    assert found["dataset"]["images"][0] == {"effect": "added", "name": "jump", "key": "key jump", "replaces": None}
    assert "\x1b" not in render_text(difference_view(hostile))
