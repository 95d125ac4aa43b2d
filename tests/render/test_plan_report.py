"""What the one report decides, whatever prints it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import reconciler.render
from reconciler.core.change import Effect, Origin
from reconciler.core.content_change import ImageChange, ImageEffect, LostCaption
from reconciler.core.kind import Kind
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.render.plan_report.changed import ChangedObject
from reconciler.render.plan_report.effect import EffectFacts, effect_words
from reconciler.render.plan_report.report import FOLD_OBJECTS, plan_report
from reconciler.render.plan_rows import EFFECT_SIGNS
from tests.render import sample
from tests.render.html.reading import read
from tests.render.printed import render_html, render_markdown, render_screen

DIGEST = "5f2c91aa" + "0" * 56
RENDER = Path(reconciler.render.__file__).parent
KINDS = re.compile(r"(?:case |isinstance\([^)]*)(?:Project|Dataset|Model|Removal|Rename)Change\b")


def objects(plan: Plan) -> tuple[ChangedObject, ...]:
    return tuple(plan_report(plan, digest=DIGEST).objects)


def open_folds(html: str) -> str:
    """The text of a page outside its folds."""
    return read(re.sub(r"<details>.*?</details>", "", html, flags=re.DOTALL)).lines


def test_what_loses_an_image_comes_before_what_loses_none() -> None:
    """Two datasets get a new version; the one that an image leaves is read first, and neither name counts."""
    light = sample.dataset(ref=Ref(Kind.DATASET, "a"), images=())
    loses = sample.dataset(ref=Ref(Kind.DATASET, "b"))
    assert [one.ref.name for one in objects(sample.plan(changes=(light, loses)))] == ["b", "a"]


def test_an_object_with_a_row_that_is_never_folded_is_never_folded_itself() -> None:
    """However many datasets change, each that loses an image is on the screen."""
    many = tuple(sample.dataset(ref=Ref(Kind.DATASET, f"d-{n:03}")) for n in range(FOLD_OBJECTS * 2))
    text = render_screen(sample.plan(changes=many), digest=DIGEST)
    assert all(f"dataset/d-{n:03}" in text for n in range(FOLD_OBJECTS * 2))
    quiet = tuple(sample.dataset(ref=one.ref, images=()) for one in many)
    assert "… and 20 more datasets" in render_screen(sample.plan(changes=quiet), digest=DIGEST)


def test_an_image_that_is_replaced_in_an_open_draft_is_never_folded() -> None:
    """The picture before is nowhere else: the screen, the comment and the page show it among what is lost."""
    images = (
        *(sample.added(f"new-{n:03}.png") for n in range(100)),
        ImageChange(effect=ImageEffect.REPLACED, name="nap.png", key="after", replaces="before", size=1),
    )
    draft = sample.dataset(images=images, origin=Origin.RESUME, origin_id=458)
    plan = sample.plan(changes=(draft,))
    (one,) = objects(plan)
    assert one.content is not None
    assert [image.name for image in one.content.images.loud] == ["nap.png"]
    assert "~ nap.png" in render_screen(plan, digest=DIGEST)
    assert "**1 image goes:**\n  - `~` `nap.png`" in render_markdown(plan, digest=DIGEST)
    assert "nap.png" in open_folds(render_html(plan, digest=DIGEST))
    assert "the old picture goes for good" in open_folds(render_html(plan, digest=DIGEST))


def test_a_caption_that_is_overwritten_is_told_wherever_its_image_stands() -> None:
    """Also where the image is uploaded afresh, so that nothing stays that could be changed."""
    image = sample.added("tea.png", key="t", caption="by git.")
    lost = LostCaption(key="t", name="tea.png", before="by a person.", after="by git.")
    afresh = replace(sample.dataset(images=(image,), origin=Origin.CREATE), lost_captions=(lost,))
    plan = sample.plan(changes=(afresh,))
    assert "written by hand, not in git: by [-a person.-] {+git.+}" in render_screen(plan, digest=DIGEST)
    assert "**1 hand-written caption overwritten:**" in render_markdown(plan, digest=DIGEST)
    assert "overwrites words that a person wrote" in open_folds(render_html(plan, digest=DIGEST))


def test_a_caption_that_only_the_base_has_from_a_person_is_told_too() -> None:
    """The open draft has git's words already, and so nothing is written; still they replace those of the base."""
    lost = LostCaption(key="t", name="tea.png", before="by a person.", after="by git.")
    plan = sample.plan(changes=(replace(sample.dataset(images=()), lost_captions=(lost,)),))
    assert "1 hand-written caption is overwritten" in render_screen(plan, digest=DIGEST)
    assert "tea.png" in open_folds(render_html(plan, digest=DIGEST))


def test_where_no_account_was_asked_no_form_names_an_id() -> None:
    """Ids are made up there."""
    gone = sample.removal(sample.removed(4711, "lora-poses v? (a9f3c1a2b7d40)"))
    plan = sample.plan(changes=(gone, sample.project(id=4712)), subject=sample.subject(base="main"))
    for text in (
        render_screen(plan, digest=DIGEST),
        render_markdown(plan, digest=DIGEST),
        read(render_html(plan, digest=DIGEST)).lines,
    ):
        assert "471" not in text


def test_a_rewritten_caption_stands_once() -> None:
    """Among what is overwritten, and not among what git writes."""
    caption = LostCaption(key="c", name="c.png", before="by hand.", after="by git.")
    (one,) = objects(sample.plan(changes=(sample.dataset(images=(), captions=(caption,)),)))
    assert one.content is not None
    assert len(one.content.captions.loud) == 1
    assert not one.content.captions.quiet


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("effect", Effect)
def test_every_effect_has_its_words_and_its_sign(effect: Effect, kind: Kind) -> None:
    """On any kind, and nothing is left in braces."""
    words = effect_words(effect, kind)
    facts = EffectFacts(kind=kind, id=1, version="v2", versions="v1 → v2")
    told = [facts.fill(text) for text in (words.noun, words.line, words.heading, words.pointer, words.apply)]
    assert told[0]
    assert told[1]
    assert not {"{", "}"} & {*"".join(told)}
    assert effect in EFFECT_SIGNS


def test_one_module_tells_kinds_of_change_apart() -> None:
    """It fills the parts of an object that only one kind has. All others ask for the parts."""
    found = {path.relative_to(RENDER).as_posix() for path in RENDER.rglob("*.py") if KINDS.search(path.read_text())}
    assert found == {"plan_report/changes.py"}
