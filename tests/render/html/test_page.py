"""What the report says, what it folds, and what it weighs."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import reconciler.render.html
from reconciler.core.change import FieldChange, Origin
from reconciler.core.content_change import CaptionChange, ImageChange, ImageEffect, KeptCaption
from reconciler.core.kind import Kind
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note
from reconciler.render.album import Album, Thumbnails
from reconciler.render.difference import Fate, Piece, Wording, whole
from reconciler.render.plan_report.changes import wanted_pictures
from reconciler.render.plan_report.contact_sheet import BUDGET, OPEN, PICTURES
from tests.render import sample
from tests.render.html import album
from tests.render.html.reading import Reading, read
from tests.render.printed import render_html

Golden = Callable[[str, str], None]
CSS = (Path(reconciler.render.html.__file__).parent / "template" / "style.css").read_text(encoding="utf-8")


def lines(html: str) -> str:
    return read(html).lines


def test_everything_at_once_reads_from_top_to_bottom(golden: Golden) -> None:
    """Refusals, costs, what to look at, deletions, trainings, images, projects, findings, notes, steps, digest."""
    golden("html/everything.txt", lines(album.page()))


def test_a_new_version_reads_as_a_contact_sheet(golden: Golden) -> None:
    """The sample of the text screen: what goes is still in the version before."""
    golden("html/new-version.txt", lines(render_html(sample.plan(), digest=album.DIGEST)))


def test_a_first_plan_has_nothing_before(golden: Golden) -> None:
    """Everything is created; nothing is compared with anything."""
    first = sample.dataset(
        version=1,
        origin=Origin.CREATE,
        origin_id=None,
        base_version=None,
        guide=(FieldChange(path="caption_prefix", before=None, after=sample.AFTER),),
        images=(sample.added("a.png", caption="hello."),),
        stale=False,
        regenerated=0,
    )
    untrained = sample.model(version=1, base_version=None, starts=False, description="x")
    described = sample.model(
        ref=Ref(Kind.MODEL, "lora-poster"),
        creates=False,
        starts=False,
        fields=(FieldChange(path="description", before=None, after=True),),
    )
    plan = sample.plan(changes=(sample.project(), sample.project(id=3), first, untrained, described))
    golden("html/first.txt", lines(render_html(plan, digest=album.DIGEST)))


def test_nothing_to_do_is_one_sentence() -> None:
    """No sections where there is nothing to say."""
    text = lines(render_html(sample.plan(changes=(), actions=(), wishes=()), digest=album.DIGEST))
    assert "In sync: 1 project, 1 dataset (24 images), 1 model. 3 calls.\n" in text
    assert "Also said" not in text
    assert "What it costs" not in text


def test_a_plan_that_can_do_nothing_says_why_first() -> None:
    """Only refusals: no costs, no way on."""
    text = lines(album.page(album.plan(changes=(), actions=())))
    assert text.index("Nothing can be done") < text.index("2 models would be trained")
    assert "nothing is sent until" not in text


def test_one_file_that_asks_for_nothing() -> None:
    """A policy, no script, no link out, a language, a title, a size for every picture, headings in order."""
    found = read(album.page())
    policy = next(one for one in found.all("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.attributes["content"] == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert found.elements[0].attributes == {"lang": "en"}
    assert not found.all("script")
    assert len(found.all("h1")) == 1
    for image in found.all("img"):
        assert image.attributes["alt"]
        assert (image.attributes["width"], image.attributes["height"]) == ("192", "192")
        assert image.attributes["loading"] == "lazy"
    ids = [one.attributes["id"] for one in found.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    assert {one.attributes["href"] for one in found.all("a")} <= {f"#{name}" for name in ids}
    assert {one.attributes["aria-labelledby"] for one in found.elements if "aria-labelledby" in one.attributes} <= set(
        ids
    )
    assert not [one for one in found.elements if {"style", "onclick", "accesskey", "title"} & one.attributes.keys()]


def outside_folds(html: str) -> str:
    return lines(re.sub(r"<details>.*?</details>", "", html, flags=re.DOTALL))


def test_what_costs_or_is_lost_is_never_folded() -> None:
    """However many images go, each of them stands outside every fold: as a picture, or in a line."""
    html = render_html(album.many(5000, ImageEffect.REMOVED), digest=album.DIGEST)
    text = outside_folds(html)
    assert len(set(re.findall(r"pose-\d{4}\.png", text))) == 5000
    text = outside_folds(album.page())
    for words in ("old-00", "old-01", "tea.png", "nap.png", "lora-hero v1", "is stopped", "is trained", "limit 0"):
        assert words in text
    assert "stays-0.png" not in text


@pytest.mark.parametrize("number", [10, 200, 5000])
def test_a_page_stays_small(number: int) -> None:
    """Each changed image is in it; 200 at most are pictures, 60 of them open; the weight is bounded."""
    plan = album.many(number)
    heavy = "data:image/webp;base64," + "A" * 8_000
    keys = wanted_pictures(plan)
    html = render_html(
        plan, digest=album.DIGEST, album=Album(thumbnails=Thumbnails(pictures=dict.fromkeys(keys, heavy)))
    )
    found = read(html)
    assert len(keys) == len(found.all("img")) == min(number, PICTURES)
    assert outside_folds(html).count("[pose-") == min(number, OPEN)
    assert len(set(re.findall(r"pose-\d{4}\.png", html))) == number
    assert len(html) < len(found.all("img")) * 9_500 + number * 500 + 60_000


def test_pictures_end_where_the_budget_ends() -> None:
    """5 MB of pictures, those that are most important; the others say why they are not there."""
    plan = album.many(200)
    keys = wanted_pictures(plan)
    heavy = "data:image/webp;base64," + "A" * 100_000
    html = render_html(
        plan, digest=album.DIGEST, album=Album(thumbnails=Thumbnails(pictures=dict.fromkeys(keys, heavy)))
    )
    assert len(read(html).all("img")) == BUDGET // len(heavy)
    assert "no thumbnail: the page holds no more than 5 MB of them" in html
    assert "49 thumbnails, 4.9 MB of at most 5.0 MB. 151 pictures left out for that." in lines(html)


def test_pictures_go_to_what_is_lost_first() -> None:
    """Before regenerated captions, whatever dataset they are in."""
    quiet = sample.dataset(ref=sample.DATASET, images=(), kept=(), wish=album.dataset().wish)
    assert wanted_pictures(sample.plan(changes=(quiet, album.dataset(ref=sample.PROJECT))))[:4] == (
        "g0",
        "g1",
        "t1",
        "c1",
    )
    assert wanted_pictures(album.plan(), album.RENAMED)[-4:] == ("w0", "w1", "w2", "w3")


def frame_of(found: Reading, name: str) -> str:
    return next(block for block in re.split(r"\n(?=\d+[a-z])", found.lines) if f"\n{name}\n" in block)


def test_every_caption_says_who_wrote_it() -> None:
    """From git, automatic, by hand and not in git, and what nobody knows yet."""
    here = read(album.page())
    assert "written in git" in frame_of(here, "spring-00.png")
    assert "Bria writes the rest after the upload\nautomatic" in frame_of(here, "spring-01.png")
    assert "not in git, carried over from v2" in frame_of(here, "wink.png")
    assert "Bria writes the rest anew\nautomatic" in frame_of(here, "stays-0.png")
    assert "goes for good, and with it a caption that a person wrote" in frame_of(here, "old-01")


def test_a_caption_of_an_image_that_comes_stands_under_it() -> None:
    """What was written on the live side for it, or what differs from there, is not told twice."""
    change = sample.dataset(
        images=(sample.added("a.png", key="a", caption="new words."), sample.added("b.png", key="b")),
        captions=(CaptionChange(key="a", name="a.png", before="old words.", after="new words."),),
        kept=(KeptCaption(key="b", name="b.png", text="by hand.", version=None),),
    )
    found = read(render_html(sample.plan(changes=(change,)), digest=album.DIGEST))
    assert len(found.all("figure")) == 2
    assert "[-old-] {+new+} words.\nwritten in git" in frame_of(found, "a.png")
    assert "by hand.\nwritten by hand on the live side, not in git: kept" in frame_of(found, "b.png")


def test_an_image_removed_from_a_clone_is_not_lost() -> None:
    """It is still in the version before, so nothing about it is in the colour of what is destroyed."""
    html = render_html(sample.plan(), digest=album.DIGEST)
    assert "still in v2" in lines(html)
    assert not [one for one in read(html).elements if "loses" in (one.attributes.get("class") or "")]
    only_words = sample.dataset(images=(), stale=False, regenerated=0)
    assert "caption_prefix changes" in lines(render_html(sample.plan(changes=(only_words,)), digest=album.DIGEST))
    twin = ImageChange(effect=ImageEffect.TWIN, name="a", key="a", id=3)
    html = render_html(sample.plan(changes=(sample.dataset(images=(twin,)),)), digest=album.DIGEST)
    assert "is there twice; the later one goes (id 3)" in lines(html)


def test_a_model_without_a_new_dataset_says_what_else_is_the_cause() -> None:
    """The dataset stands as it is, and the parameters are the cause."""
    text = lines(
        render_html(
            sample.plan(changes=(sample.model(reason=Reason(why=Why.DEFINITION_CHANGED)),)), digest=album.DIGEST
        )
    )
    assert "cause\nits training definition changed\ndataset\ndataset/lora-poses\nv3, unchanged\nmodel" in text
    assert "none declared: no program is pointed at it" in text


def test_a_plan_that_was_compared_with_git_names_no_id_and_no_version(golden: Golden) -> None:
    """No account was asked: it is the next version, and an alias names a fingerprint."""
    plan = album.plan(subject=sample.subject(base="main", endpoint="", tier=""), notes=(), refusals=())
    unknown = replace(plan.aliases[1], id=None, version=None, fingerprint=None, problem="")
    text = lines(album.page(replace(plan, aliases=(plan.aliases[0], unknown))))
    assert not re.search(r"\bid \d", text.replace("goes (id 31)", "").replace("(id 91)", ""))
    assert "every live version deleted for good" in text
    golden("html/compared.txt", text)
    cloned = render_html(sample.plan(subject=sample.subject(base="main")), digest=album.DIGEST)
    assert "still in the version before" in lines(cloned)


def test_take_overs_and_the_wrong_account_are_said_first() -> None:
    """Before the verdict: this may be another account."""
    note = Note(rule="nothing-ours", ref=None, text="this account holds nothing of ours")
    plan = sample.plan(notes=(note,), consequences=(sample.LOOSER,))
    text = lines(render_html(plan, digest=album.DIGEST))
    assert text.index("Warning: this change loosens limits.trainings from 1 to 9.") < text.index("1 dataset gets a new")
    assert text.index("This account holds nothing of ours.") < text.index("1 dataset gets a new version")


def test_differences_are_word_by_word_and_bounded() -> None:
    """Long texts and texts that differ in white space only are shown one after the other, never left out."""
    assert Wording("a b c", "a x c d").pieces == (
        Piece("a"),
        Piece("b", Fate.GONE),
        Piece("x", Fate.COME),
        Piece("c"),
        Piece("d", Fate.COME),
    )
    assert Wording("a b c", "a c").pieces == (Piece("a"), Piece("b", Fate.GONE), Piece("c"))
    assert Wording(None, "a").pieces == (Piece("a", Fate.COME),)
    assert Wording("a", None).pieces == (Piece("a", Fate.GONE),)
    assert Wording("same", "same").pieces == (Piece("same"),)
    assert Wording("a b", "a  b").pieces == (Piece("a b", Fate.GONE), Piece("a  b", Fate.COME))
    assert len(Wording("a " * 500, "b " * 500).pieces) == 2
    assert len(whole("a" * 9999)[0].text) == 4000


def _luminance(colour: str) -> float:
    long = "".join(digit * 2 for digit in colour) if len(colour) == 3 else colour
    parts = [int(long[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1, 2])
def test_every_colour_can_be_read(scheme: int) -> None:
    """At least 4.5:1 of every text colour on every ground: light, dark and printed."""
    block = re.findall(r":root \{(.*?)\}", CSS, flags=re.DOTALL)[scheme]
    colours = dict(re.findall(r"--(\w+): #([0-9a-f]{3,6});", block))
    for ground in ("paper", "sheet", "mat", "wash"):
        for ink in ("ink", "quiet", "costs", "destroys"):
            light, dark = sorted((_luminance(colours[ground]), _luminance(colours[ink])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"


def test_nothing_is_struck_out_where_there_is_no_picture() -> None:
    """The stroke of a removed image would cross the words that say why no picture is there."""
    going = (ImageChange(effect=ImageEffect.REMOVED, name="sleep.png", key="a3"),)
    html = render_html(sample.plan(changes=(sample.dataset(images=going),)), digest=album.DIGEST)
    assert '<div class="mat blank"><p class="absent">no picture:' in html
    assert ".is-removed .mat:not(.blank)::after" in CSS
    pictures = Album(thumbnails=Thumbnails(pictures={"a3": album.DOT}))
    html = render_html(sample.plan(changes=(sample.dataset(images=going),)), digest=album.DIGEST, album=pictures)
    assert '<div class="mat"><img' in html
    assert "mat blank" not in html


def test_checkpoints_that_go_stand_with_the_deletions(golden: Golden) -> None:
    """Each version with what it loses and what it keeps."""
    plan = sample.plan(changes=(sample.checkpoints(),), actions=sample.checkpoint_actions())
    golden("html/checkpoints.txt", lines(render_html(plan, digest=album.DIGEST)))
