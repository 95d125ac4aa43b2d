"""Going back through git's history: what both sides said about an image before one of them said something else."""

from dataclasses import replace

from reconciler.core.desired import DesiredDataset
from reconciler.core.fingerprint import dataset_fingerprint
from reconciler.core.guide import PrefixGuide
from reconciler.core.live import LiveContent, RemoteImage
from reconciler.core.look.caption_ancestor import CaptionPast, live_captions
from reconciler.core.name import image_key, live_image_name
from reconciler.core.ref import Ref
from reconciler.core.uploads import ONE_BY_ONE
from tests.core.build import DATASET, PREFIX, dataset, image, sha

NAMES = ("jump", "read", "wave")
BRIA = {"jump": "Bria's jump.", "read": "Bria's read.", "wave": "Bria's wave."}


def key(name: str) -> str:
    return image_key(sha(name))


def tree(**captions: str) -> DesiredDataset:
    """A dataset of three images, of which these have a declared caption."""
    return dataset(*(image(name, captions.get(name)) for name in NAMES))


def past(origin: DesiredDataset | None, *trees: DesiredDataset, by_hand: str = "", **live: str) -> CaptionPast:
    """What the trees say, the newest first, about a version made from the origin; `by_hand` names what people wrote."""
    images = tuple(
        RemoteImage(
            id=number,
            image_name=live_image_name(f"{name}.png", sha(name)),
            caption=f"{PREFIX} {text}",
            caption_source="manual" if name in by_hand else "automatic",
        )
        for number, (name, text) in enumerate(live.items())
    )
    content = LiveContent(guide=PrefixGuide(text=PREFIX), uploads=ONE_BY_ONE, images=images)
    found = CaptionPast(
        ref=DATASET, fingerprint=None if origin is None else dataset_fingerprint(origin), live=live_captions(content)
    )
    for number, one in enumerate(trees):
        found = found.further(f"commit {number}", {DATASET: one})
        if found.origin is not None:
            break
    return found


def test_the_newest_tree_with_the_fingerprint_is_where_both_come_from() -> None:
    first = tree(jump="a", read="b", wave="c")
    later = tree(jump="a", read="B", wave="c")
    found = past(first, later, first, tree(jump="x"), by_hand="jump read wave", jump="a", read="b", wave="C")
    assert found.commit == "commit 1"
    assert [found.ancestor(key(name)) for name in NAMES] == ["a", "b", "c"]


def test_without_such_a_tree_nobody_can_tell() -> None:
    """Also where the name was given by a person, and where a tree says just what is live."""
    for origin in (None, tree(jump="other")):
        found = past(origin, tree(**BRIA), **BRIA)
        assert found.origin is None
        assert found.ancestor(key("jump")) is None


def test_a_caption_that_was_left_to_bria_was_what_bria_wrote() -> None:
    """So only git has changed it. What a person wrote since has no ancestor."""
    found = past(tree(), tree(jump="mine"), tree(), by_hand="read", jump="Bria's.", read="theirs")
    assert found.ancestor(key("jump")) == "Bria's."
    assert found.ancestor(key("read")) is None


def test_what_was_pulled_is_the_ancestor_of_what_people_wrote_after_it() -> None:
    """The name is that of the first tree; the oldest tree with Bria's own words is where the sides part."""
    pulled = tree(**BRIA)
    edited = tree(**{**BRIA, "read": "git's read.", "wave": "git's wave."})
    live = {**BRIA, "jump": "by hand.", "wave": "by hand, too."}
    found = past(tree(), edited, pulled, tree(), by_hand="jump wave", **live)
    assert found.commit == "commit 1"
    assert found.ancestor(key("jump")) == BRIA["jump"], "only the live side has changed it"
    assert found.ancestor(key("read")) == BRIA["read"], "only git has changed it"
    assert found.ancestor(key("wave")) == BRIA["wave"], "both have"


def test_a_tree_that_changed_one_of_brias_texts_was_not_just_pulled() -> None:
    """What else was changed in it cannot be known, so a conflict is left to people."""
    found = past(
        tree(),
        tree(jump=BRIA["jump"], read="mine.", wave="mine."),
        tree(),
        by_hand="wave",
        **{**BRIA, "wave": "theirs."},
    )
    assert found.ancestor(key("wave")) is None
    assert found.ancestor(key("jump")) == BRIA["jump"]


def test_a_live_text_that_git_has_said_since_is_no_news() -> None:
    """It was pulled, then git said something else: only git has changed it, whoever wrote it first."""
    first = tree(jump="a", read="b", wave="c")
    found = past(
        first,
        tree(jump="git again", read="b", wave="c"),
        tree(jump="by hand", read="b", wave="c"),
        first,
        by_hand="jump read wave",
        jump="by hand",
        read="b",
        wave="c",
    )
    assert found.ancestor(key("jump")) == "by hand"


def test_a_dataset_that_was_called_otherwise_is_known_by_its_fingerprint() -> None:
    other = Ref(DATASET.kind, "former")
    first = replace(tree(jump="a"), ref=other)
    found = past(first, by_hand="jump", jump="b").further("commit 9", {other: first})
    assert found.commit == "commit 9"
    assert found.ancestor(key("jump")) == "a"
