import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.change import DatasetChange, FieldChange, Origin
from reconciler.core.consequence import Consequence
from reconciler.core.content_change import CaptionChange, ImageChange, ImageEffect, KeptCaption, LostCaption
from reconciler.core.kind import Kind
from reconciler.core.loss import StoppedTraining
from reconciler.core.plan import Plan
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.state import AliasState, State, Unchanged
from reconciler.render import markdown
from reconciler.render.album import ReportedFinding
from reconciler.render.markdown import COMMENT_LIMIT, SUMMARY_LIMIT, render_markdown_nothing
from reconciler.render.plan_report.report import plan_report
from tests.render import sample
from tests.render.markdown.hostile import hostile, inlines, plain_words, tokens, types
from tests.render.printed import render_markdown

Golden = Callable[[str, str], None]
DIGEST = "5f2c91aa" + "0" * 56
REFUSAL = Refusal(
    rule="limit-trainings",
    ref=None,
    summary="2 models would be trained; the limit is 1",
    remedies=("Allow it once with `--allow trainings=2`, or raise `limits.trainings` in reconciler.yaml.",),
)


def shown(plan: Plan, limit: int = COMMENT_LIMIT) -> str:
    text = render_markdown(plan, digest=DIGEST, limit=limit)
    assert len(text.encode()) <= limit
    return text


def full() -> Plan:
    """A plan with everything that a comment can say."""
    images = (
        sample.added("jump.png", caption="jumping over a puddle, arms wide."),
        sample.added("new.png"),
        ImageChange(effect=ImageEffect.REPLACED, name="wave.png", key="a2", size=2_000_000),
        ImageChange(effect=ImageEffect.REMOVED, name="sleep.png", key="a3"),
        ImageChange(effect=ImageEffect.TWIN, name="wave (id 31)", key="b1", id=31),
        ImageChange(effect=ImageEffect.REPLACED, name="nap.png", key="b2", hand_written=True, caption="asleep."),
        ImageChange(effect=ImageEffect.REMOVED, name="zzz", key="b3", hand_written=True, caption="dreaming."),
    )
    captions = (
        LostCaption(key="c1", name="run.png", before="by a person.", after="by git."),
        CaptionChange(key="d1", name="side.png", before=None, after="new words."),
    )
    kept = (
        KeptCaption(key="e1", name="a.png", text="leaping.", version=2),
        KeptCaption(key="e2", name="b.png", text="running.", version=None),
    )
    stops = (StoppedTraining(id=80, name="lora-max v1 (a51be07aa9c13)"),)
    described = sample.model(
        ref=Ref(Kind.MODEL, "poster"),
        creates=False,
        starts=False,
        reason=Reason(why=Why.DESCRIPTION_CHANGED),
        fields=(FieldChange(path="description", before="", after="for posters"),),
    )
    over = sample.project(id=12, takes_over=True, reason=Reason(why=Why.TAKEN_OVER))
    notes = (
        Note(rule="nothing-ours", ref=None, text="nothing of ours was found in this account"),
        Note(rule="take-over", ref=sample.PROJECT, text="takes over the existing project (id 12)"),
        Note(rule="stray", ref=None, text="project 12 holds 3 datasets that git does not know"),
    )
    odd = Unchanged(
        ref=Ref(Kind.MODEL, "late"),
        id=9,
        version=1,
        fingerprint=None,
        state=State.TRAINING,
        dataset=Ref(Kind.DATASET, "d"),
        dataset_version=1,
    )
    aliases = (AliasState(ref=Ref(Kind.MODEL, "gone"), alias="production", target="a9", problem="none is trained"),)
    return sample.plan(
        changes=(
            sample.dataset(images=images, captions=captions, kept=kept),
            sample.model(parameters=(("rank", 128),), stops=stops),
            described,
            over,
            sample.removal(sample.removed(457, "old v1 (a9f3c1a2b7d40)"), sample.removed(458, "x", stops=True)),
            sample.rename("lora-hero v1 (a9f3c1a2b7d40)"),
        ),
        refusals=(REFUSAL, Refusal(rule="expect", ref=sample.MODEL, summary="not as expected")),
        notes=notes,
        unchanged=(Unchanged(ref=sample.PROJECT, id=1, version=None, fingerprint=None, state=State.IN_SYNC), odd),
        aliases=aliases,
    )


def test_a_comment_says_what_the_screen_says(golden: Golden) -> None:
    """Verdict, costs, refusals, objects with what goes first, aliases and notes; the marker is its first line."""
    text = shown(full())
    golden("markdown/full.md", text)
    assert text.startswith("<!-- reconciler:plan:manifests -->\n")


def test_a_new_version_reads_well(golden: Golden) -> None:
    """The usual pull request."""
    golden("markdown/new-version.md", shown(sample.plan()))


def test_nothing_to_do_is_no_comment_at_all() -> None:
    """A caller says nothing, or turns an earlier comment into one line."""
    nothing = sample.plan(changes=(), actions=(), wishes=())
    assert shown(nothing) == ""
    assert render_markdown_nothing(plan_report(nothing, digest=DIGEST), "reconciler:plan:brand") == (
        "<!-- reconciler:plan:brand -->\n**In sync now: merging this changes nothing on the live side.**\n"
    )


def test_where_no_account_was_asked_nothing_is_claimed_of_it() -> None:
    """A plan that was compared with git knows what the change does, and not whether the account is in sync."""
    said = "**This change does nothing on the live side: compared with git main, nothing was asked of the API.**"
    subject = sample.subject(base="main")
    nothing = sample.plan(subject=subject, changes=(), actions=(), wishes=())
    report = plan_report(nothing, digest=DIGEST)
    assert render_markdown_nothing(report, "reconciler:plan:brand") == f"<!-- reconciler:plan:brand -->\n{said}\n"


@pytest.mark.parametrize(
    ("one", "words", "clause"),
    [
        (sample.LOOSER, "this change loosens `limits.trainings` from 1 to 9", "`limits.trainings` goes from 1 to 9"),
        (
            sample.FORGOTTEN,
            "this change takes away `expect.trainings`, which was 0",
            "`expect.trainings` is taken away",
        ),
    ],
)
def test_what_loosens_a_limit_stands_at_the_top(one: Consequence, words: str, clause: str) -> None:
    """Also where nothing else is to be told: who reviews must see it."""
    lead = f"<!-- reconciler:plan:manifests -->\n**warning: {words}.**\n\n**"
    assert shown(sample.plan(consequences=(one,))).startswith(lead + "1 dataset")
    alone = shown(sample.plan(changes=(), actions=(), wishes=(), consequences=(one,)))
    assert alone.startswith(f"{lead}{clause}, nothing is sent.**")


def test_a_plan_that_only_refuses_has_no_table() -> None:
    """Where nothing is done nothing is spent."""
    text = shown(sample.plan(changes=(), actions=(), refusals=(REFUSAL,), unchanged=()))
    assert "|" not in text
    assert "Nothing can be done" in text
    assert "--allow trainings=2" in text


def test_five_thousand_new_images_are_counted_and_what_goes_is_listed() -> None:
    """The comment folds what comes, never what goes; the summary of a step has room for more."""
    coming = tuple(sample.added(f"pose-{n:04}.png", caption=f"pose number {n} " + "x" * 300) for n in range(5000))
    going = tuple(ImageChange(effect=ImageEffect.REMOVED, name=f"old-{n:03}", key=f"r{n}") for n in range(300))
    plan = sample.plan(changes=(sample.dataset(images=(*coming, *going)), sample.model()))
    comment = shown(plan)
    assert "5,000 images come or are replaced" in comment
    assert all(f"`old-{n:03}`" in comment for n in range(300))
    assert "… and 4,9" in comment or "… and 4,8" in comment
    summary = shown(plan, SUMMARY_LIMIT)
    assert len(summary) > len(comment)


def test_three_thousand_costly_rows_are_all_there_by_name() -> None:
    """What goes and what is overwritten is listed by name alone where it has no other room, and is counted."""
    going = tuple(
        ImageChange(effect=ImageEffect.REMOVED, name=f"old-{n:04}", key=f"r{n}", hand_written=True, caption="y" * 90)
        for n in range(1500)
    )
    over = tuple(
        LostCaption(key=f"c{n}", name=f"pose-{n:04}.png", before="by a person", after="z" * 90) for n in range(1500)
    )
    text = shown(sample.plan(changes=(sample.dataset(images=going, captions=over), sample.model())))
    assert "1,500 images go" in text
    assert "1,500 hand-written captions overwritten" in text
    assert all(f"`old-{n:04}`" in text for n in range(1500))
    assert all(f"`pose-{n:04}.png`" in text for n in range(1500))
    assert "`lora-max`" in text


def test_three_thousand_trainings_are_all_there_by_name() -> None:
    """A fleet that is trained anew is named model by model."""
    models = tuple(sample.model(ref=Ref(Kind.MODEL, f"model-{n:04}")) for n in range(3000))
    light = sample.dataset(images=(), guide=(), regenerated=0)
    text = shown(sample.plan(changes=(*models, light)))
    assert "3,000 models: trained, 1 to 3 hours" in text
    assert all(f"`model-{n:04}`" in text for n in range(3000))
    assert "… and 1 more object, with no training and nothing destroyed." in text


def test_long_names_are_shortened_rather_than_dropped() -> None:
    """Two thousand names of two hundred characters: each is there, by its beginning."""
    going = tuple(
        ImageChange(effect=ImageEffect.REMOVED, name=f"{n:04}-" + "x" * 200, key=f"r{n}") for n in range(2000)
    )
    text = shown(sample.plan(changes=(sample.dataset(images=going),)))
    assert all(f"`{n:04}-x" in text for n in range(2000))


def test_what_no_comment_can_hold_is_said_aloud() -> None:
    """It never looks complete where it is not."""
    going = tuple(ImageChange(effect=ImageEffect.REMOVED, name=f"old-{n:05}", key=f"r{n}") for n in range(20_000))
    text = shown(sample.plan(changes=(sample.dataset(images=going),)))
    assert "Not listed here, because no comment can hold it: 1 object" in text
    assert "20,000 rows" in text
    assert "Read the plan file or the report before merging." in text


def test_many_light_objects_notes_and_states_are_folded() -> None:
    """They shrink before anything that costs does."""
    light = tuple(
        sample.dataset(
            ref=Ref(Kind.DATASET, f"d-{n:03}"), images=(), reason=Reason(why=Why.CALLED_BEFORE, name="r " * 200)
        )
        for n in range(400)
    )
    notes = tuple(Note(rule=f"rule-{n}", ref=None, text=f"note number {n} " + "word " * 40) for n in range(500))
    odd = tuple(
        Unchanged(ref=Ref(Kind.MODEL, f"t-{n:03}"), id=n, version=1, fingerprint=None, state=State.TRAINING)
        for n in range(300)
    )
    text = shown(sample.plan(changes=light, notes=notes, unchanged=odd))
    assert "500 notes" in text
    assert "300 objects under way or waiting" in text
    assert "more objects, with no training and nothing destroyed." in text


def test_what_is_whole_does_not_call_itself_shortened() -> None:
    assert "Shortened" not in shown(full())


def removals(datasets: int, images: int) -> tuple[DatasetChange, ...]:
    """So many datasets that lose so many images each."""
    return tuple(
        sample.dataset(
            ref=Ref(Kind.DATASET, f"d-{number:02}"),
            images=tuple(
                ImageChange(
                    effect=ImageEffect.REMOVED,
                    name=f"{number:02}-{n:03}",
                    key=f"{number}-{n}",
                    hand_written=True,
                    caption="y" * 90,
                )
                for n in range(images)
            ),
        )
        for number in range(datasets)
    )


def test_a_comment_of_names_alone_still_says_why_it_is_refused_and_where_the_rest_is() -> None:
    """Each refusal with its object and its way on; findings and notes by their words where there is room for them."""
    way = "Allow it once with `--allow image_removals_percent=100`."
    refusals = tuple(
        Refusal(
            rule="limit-image-removals-percent", ref=None, summary=f"dataset/d-{n:02} would lose all", remedies=(way,)
        )
        for n in range(6)
    )
    findings = tuple(
        ReportedFinding(
            ref=sample.DATASET, name=f"{n}.png", rule="image-blurred", severity="warning", text="out of focus"
        )
        for n in range(6)
    )
    note = Note(rule="stray", ref=None, text="project 12 holds 3 datasets that git does not know")
    plan = sample.plan(changes=removals(6, 195), refusals=(REFUSAL, *refusals), notes=(note,))
    text = render_markdown(plan, digest=DIGEST, findings=findings)
    assert len(text.encode()) <= COMMENT_LIMIT
    assert "**`dataset/d-05`: 195 images go:**" in text, "it is a brief one"
    assert "- 2 models would be trained; the limit is 1." in text
    assert all(f"- `dataset/d-{n:02}` would lose all." in text for n in range(6))
    assert text.count("  - Allow it once with `--allow image_removals_percent=100`.") == 6
    assert "`0.png`, `1.png`, `2.png` and 3 more **warning** out of focus" in text
    assert "that git does not know" in text
    assert text.count("Shortened; the whole: `reconciler show plan.json`.") == 1


def test_hundreds_of_refusals_that_say_the_same_say_it_once() -> None:
    """None is dropped: the objects are all named."""
    refusals = tuple(replace(REFUSAL, rule="dataset-renamed", ref=Ref(Kind.DATASET, f"d-{n:03}")) for n in range(900))
    taken = tuple(Note(rule="take-over", ref=None, text=f"takes over project {n}") for n in range(2))
    text = shown(sample.plan(refusals=refusals, notes=taken))
    assert text.count("900 times: 2 models would be trained; the limit is 1.") == 1
    assert text.count("`--allow trainings=2`") == 1
    assert all(f"`dataset/d-{n:03}`" in text for n in range(900))
    assert "2 take-overs and unanswered aliases" in text
    assert "takes over project 1." in text


def test_hundreds_of_long_refusals_are_named_by_their_rule() -> None:
    """Where there is no room for what they say; none is dropped."""
    refusals = tuple(
        replace(REFUSAL, rule="dataset-renamed", ref=Ref(Kind.DATASET, f"d-{n:03}"), summary=f"{n} " + "long " * 30)
        for n in range(900)
    )
    text = shown(sample.plan(refusals=refusals))
    assert "- `dataset-renamed`, 900 times: `dataset/d-000`, " in text
    assert all(f"`dataset/d-{n:03}`" in text for n in range(900))
    assert "Shortened" in text


def test_what_no_comment_can_hold_says_where_it_is() -> None:
    assert shown(sample.plan(changes=removals(60, 500))).count("`reconciler show plan.json`") == 1


def test_an_open_draft_loses_what_is_replaced_in_it() -> None:
    """Images of an open draft are nowhere else, so a replaced one counts among those that go."""
    going = ImageChange(effect=ImageEffect.REMOVED, name="sleep.png", key="a3")
    replaced = ImageChange(effect=ImageEffect.REPLACED, name="wave.png", key="a2", replaces="a1", size=2_000_000)
    change = sample.dataset(origin=Origin.RESUME, origin_id=458, images=(replaced, going))
    assert "**2 images go:**" in shown(sample.plan(changes=(change,)))


def of_field(before: str | None, after: str) -> str:
    """The comment on a project in which one field changes."""
    return shown(sample.plan(changes=(sample.project(fields=(FieldChange(path="x", before=before, after=after),)),)))


def test_two_texts_shown_as_one_are_one_code_span() -> None:
    """The words that go and come keep their marks; words of ours that tell of a deletion are no code."""
    assert "- x: `a [-b-] {+c+}`\n" in of_field("a b", "a c")
    gone = sample.removal(sample.removed(1, "a"), sample.removed(2, "b"))
    assert "`-` **`dataset/lora-poses`**: 2 versions deleted\n" in shown(sample.plan(changes=(gone,)))


def test_a_quoted_value_loses_its_quotes() -> None:
    """Code needs none, and quotes inside do not end it."""
    assert '- x: `a "b" @c`\n' in of_field(None, 'a "b" @c')


@settings(max_examples=60)
@given(texts=st.lists(hostile(), min_size=6, max_size=6), limit=st.sampled_from([4_000, 2_000, 65_000]))
def test_no_text_of_a_plan_becomes_more_than_text(texts: list[str], limit: int) -> None:
    """H41: names, captions, reasons, notes and the root itself, at every length of the comment."""
    name, caption, before, reason, note, root = texts
    images = (
        sample.added(name, caption=caption),
        ImageChange(effect=ImageEffect.REMOVED, name=name, key="r", hand_written=True, caption=caption),
    )
    captions = (LostCaption(key="c", name=name, before=before, after=caption),)
    kept = (KeptCaption(key="e", name=name, text=caption, version=1),)
    guide = FieldChange(path="caption_prefix", before=before, after=caption)
    plan = sample.plan(
        subject=sample.subject(endpoint=note),
        changes=(
            sample.dataset(
                images=images,
                captions=captions,
                kept=kept,
                guide=(guide,),
                reason=Reason(why=Why.CALLED_BEFORE, name=reason),
            ),
            sample.model(reason=Reason(why=Why.CALLED_BEFORE, name=reason), parameters=(("rank", caption),)),
            sample.project(fields=(FieldChange(path=name, before=None, after=caption),)),
            sample.removal(sample.removed(1, name, reason=Reason(why=Why.CALLED_BEFORE, name=reason))),
            sample.rename(name),
        ),
        refusals=(Refusal(rule=name, ref=None, summary=note, remedies=(reason,)),),
        notes=(Note(rule="x", ref=None, text=note), Note(rule="take-over", ref=None, text=note)),
        aliases=(AliasState(ref=sample.MODEL, alias=name, target="a", problem=note),),
        unchanged=(
            Unchanged(
                ref=sample.PROJECT,
                id=1,
                version=1,
                fingerprint=name,
                state=State.FAILED,
                reason=Reason(why=Why.CALLED_BEFORE, name=note),
            ),
        ),
    )
    text = render_markdown(plan, digest=DIGEST, marker=f"reconciler:plan:{root}", limit=limit)
    assert text.count("<!--") == 1
    assert re.fullmatch(r"<!-- [^\n<>]* -->", text.splitlines()[0])
    found = tokens(text)
    assert not {token.type for token in found} & {"heading_open", "blockquote_open", "fence", "hr", "ordered_list_open"}
    for token in found:
        if token.type == "html_block":
            assert re.fullmatch(
                r"<!-- [^\n]* -->\n.*|</details>\n?|<details><summary>[A-Za-z0-9 ,.-]+</summary>\n?",
                token.content,
                re.DOTALL,
            )
    for block in inlines(text):
        assert set(types(block)) <= {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
        assert plain_words(block), block.content
    assert sum(token.type == "th_open" for token in found) == sum(token.type == "td_open" for token in found) > 0


@pytest.mark.parametrize("limit", [400, 1_500, 3_000, 65_000])
def test_the_same_plan_gives_the_same_bytes(limit: int) -> None:
    """At any length."""
    assert render_markdown(full(), digest=DIGEST, limit=limit) == render_markdown(full(), digest=DIGEST, limit=limit)


def test_a_comment_says_of_which_root_and_account_it_is() -> None:
    """A pull request may get one for each; whatever a folder is called, it is code. The usual root needs no word."""
    usual = plan_report(sample.plan(changes=(sample.dataset(),)), digest=DIGEST)
    report = replace(usual, stage=("account brand", "overlay production"))
    told = "``a`b/@c`` · account brand · overlay production"
    assert markdown.render_markdown(report, root="a`b/@c").splitlines()[1] == told
    assert render_markdown_nothing(report, root="a`b/@c").splitlines()[1] == told
    assert markdown.render_markdown(usual).splitlines()[1].startswith("**")
    assert render_markdown_nothing(usual).splitlines()[1].startswith("**")


def test_checkpoints_that_go_stand_in_the_comment(golden: Golden) -> None:
    """They are never folded away: nothing brings them back."""
    plan = sample.plan(changes=(sample.checkpoints(),), actions=sample.checkpoint_actions())
    golden("markdown/checkpoints.md", shown(plan))
