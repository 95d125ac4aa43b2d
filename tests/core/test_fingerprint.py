"""Fingerprints: the documented algorithm, its vectors, and what does not count."""

import hashlib
import json
import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.desired import DesiredImage, UncaptionedImages
from reconciler.core.diff.authorship import declared_by_git
from reconciler.core.fingerprint import content_fingerprint, dataset_fingerprint, model_fingerprint
from reconciler.core.guide import Guide, PrefixGuide
from reconciler.core.live import LiveContent, RemoteImage
from reconciler.core.uploads import ONE_BY_ONE
from tests.core.build import dataset, image, live_image, model, sha

WAVE = DesiredImage(digest=sha("wave"), size=1, name="wave.png", path="wave.png", caption="waving.")
SLEEP = DesiredImage(digest=sha("sleep"), size=1, name="sleep.png", path="sleep.png")


P = PrefixGuide(text="p")


def holding(*images: RemoteImage, guide: Guide = P) -> LiveContent:
    """The content of a live dataset."""
    return LiveContent(guide=guide, uploads=ONE_BY_ONE, images=images)


def test_the_dataset_vector() -> None:
    """The vector that the documentation prints, made by hand from the documented rule."""
    wave, sleep = ["a" + sha("wave")[:16], "waving."], ["a" + sha("sleep")[:16], None]
    rows = [sleep, wave] if str(sleep[0]) < str(wave[0]) else [wave, sleep]
    text = json.dumps(["dataset", "prefix", "A photo of Lora,", "basic", rows], separators=(",", ":"))
    made = dataset_fingerprint(dataset(WAVE, SLEEP, prefix="A photo of Lora, "))
    assert made == "a" + hashlib.sha256(text.encode()).hexdigest()[:12]
    assert made == "a9206dda2bfbc"


def test_the_model_vector() -> None:
    """The vector that the documentation prints."""
    wanted = model(
        training_mode="expert", training_version="bria-3.2", parameters=(("learning_rate", 0.0001), ("rank", 128))
    )
    assert model_fingerprint(wanted, "a9206dda2bfbc") == "a497c1144017f"


@given(
    st.text(),
    st.none() | st.text(),
    st.dictionaries(st.text(), st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()),
)
def test_a_model_has_the_fingerprint_of_the_documented_text(
    dataset: str, version: str | None, parameters: dict[str, int | float | str]
) -> None:
    one = model(training_mode="expert", training_version=version, parameters=tuple(parameters.items()))
    content = ["model", dataset, "expert", version, parameters]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert model_fingerprint(one, dataset) == "a" + hashlib.sha256(text.encode()).hexdigest()[:12]


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=5))
def test_images_without_captions_have_the_fingerprint_of_all_others(digests: list[bytes]) -> None:
    """They are kept as one row of bytes, and what is compared in that form is compared as in any other."""
    files = tuple(
        DesiredImage(digest=one.hex(), size=1, name=f"{at}.png", path=f"{at}.png")
        for at, one in enumerate(sorted(digests))
    )
    whole = dataset(*files)
    columns = replace(whole, images=UncaptionedImages(b"".join(sorted(digests)), lambda: files))
    assert dataset_fingerprint(columns) == dataset_fingerprint(whole)
    assert list(columns.digests) == list(whole.digests)
    assert columns.joined_digests == whole.joined_digests
    assert len(columns.images) == len(digests)
    assert columns == whole


@given(st.lists(st.tuples(st.text(min_size=1), st.none() | st.text(min_size=1)), unique_by=lambda row: row[0]))
def test_order_names_and_form_do_not_count(rows: list[tuple[str, str | None]]) -> None:
    """Shuffled, renamed, or in another Unicode or line-end form: the same fingerprint."""
    import unicodedata

    shuffled = [
        (key, None if text is None else f" {unicodedata.normalize('NFD', unicodedata.normalize('NFC', text))}\n")
        for key, text in rows
    ]
    random.Random(7).shuffle(shuffled)
    assert content_fingerprint(P, ONE_BY_ONE, rows) == content_fingerprint(
        PrefixGuide(text=" p\n"), ONE_BY_ONE, shuffled
    )


def test_what_counts_counts() -> None:
    """Prefix, an image, a caption, and declared parameters each change it; a file name and a description do not."""
    base = dataset(WAVE, SLEEP)
    prints = {
        dataset_fingerprint(base),
        dataset_fingerprint(replace(base, guide=PrefixGuide(text="other"))),
        dataset_fingerprint(dataset(WAVE)),
        dataset_fingerprint(dataset(replace(WAVE, caption="other"), SLEEP)),
    }
    assert len(prints) == 4
    assert dataset_fingerprint(dataset(replace(WAVE, name="x.png", path="y/x.png"), SLEEP)) in prints
    assert model_fingerprint(model(description="x"), "a") == model_fingerprint(model(), "a")
    assert model_fingerprint(model(training_version="light"), "a") != model_fingerprint(model(), "a")


def test_git_wrote_what_the_fingerprint_vouches_for() -> None:
    """All manual captions together give the fingerprint: git wrote them all."""
    print_ = dataset_fingerprint(dataset(image("a", "text a."), image("b")))
    images = (live_image(1, "a", "text a.", "manual"), live_image(2, "b"))
    assert declared_by_git(print_, holding(*images, guide=dataset().guide)) == frozenset(holding(*images[:1]).keyed)


def test_a_persons_caption_is_found_out() -> None:
    """The fingerprint comes out right only without it."""
    print_ = dataset_fingerprint(dataset(image("a", "text a."), image("b")))
    images = (live_image(1, "a", "text a.", "manual"), live_image(2, "b", "by hand.", "manual"))
    assert declared_by_git(print_, holding(*images, guide=dataset().guide)) == frozenset(holding(*images[:1]).keyed)


def test_where_nothing_fits_nothing_is_known() -> None:
    """Another fingerprint, or too many sets to try: every caption counts as a person's."""
    images = (live_image(1, "a", "text a.", "manual"),)
    assert declared_by_git("a000000000000", holding(*images)) is None
    many: tuple[RemoteImage, ...] = tuple(live_image(n, f"i{n}", f"t{n}", "manual") for n in range(1, 40))
    assert declared_by_git("a000000000000", holding(*many)) is None


def test_every_set_is_tried_once() -> None:
    """Likely sets first, none twice, none left out."""
    from reconciler.core.diff.authorship import _sets

    for number in range(6):
        images = tuple(live_image(n + 1, f"i{n}", f"t{n}", "manual") for n in range(number))
        sets = list(_sets(holding(*images).keyed))
        assert len(sets) == len(set(sets)) == 2**number


def test_many_captions_of_people_are_found_out_at_once() -> None:
    """A dataset without declared captions whose captions people wrote: the empty set is tried second."""
    images = tuple(live_image(n, f"i{n}", f"t{n}", "manual") for n in range(1, 40))
    keys = [(key, None) for key in holding(*images).keyed]
    assert declared_by_git(content_fingerprint(P, ONE_BY_ONE, keys), holding(*images)) == frozenset()
