"""Names that are made of live ones, which objects are exported, and what their manifests say."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.guide import SchemaGuide
from reconciler.core.kind import Kind
from reconciler.core.live import Live, ModelStatus, Observed, RemoteImage, by_identity
from reconciler.core.look.export import Exported, Selection, comment_of, manifest_of, select
from reconciler.core.look.export_image import image_names
from reconciler.core.look.overview import only, overview
from reconciler.core.manifest.portable import clashes, unportable
from reconciler.core.ref import is_name
from tests.core.build import live_dataset, live_model, live_project

NAMES = st.text(max_size=40) | st.sampled_from(
    ["Poses", "poses", "poses v1 (a0123456789ab)", "poses v2 (a0123456789ab)", "adopted", "3D!", "日本", "-", "a" * 60]
)


def observed(*things: Live) -> Observed:
    return Observed(live=by_identity(things))


def selected(*things: Live) -> Selection:
    return select(overview(observed(*things)))


def refs(found: Selection) -> dict[int, str]:
    return {one.live.id: str(one.ref) for one in found.exported}


def one_of(found: Selection, id_: int) -> Exported:
    return next(one for one in found.exported if one.live.id == id_)


@given(st.lists(NAMES, max_size=8), st.lists(NAMES, max_size=8))
def test_every_object_has_a_name_that_git_takes_and_no_other_has(datasets: list[str], models: list[str]) -> None:
    """And a part of the account is exported under the names of the whole."""
    account = overview(
        observed(
            live_project(),
            *(live_dataset(10 + number, name) for number, name in enumerate(datasets)),
            *(live_model(30 + number, name) for number, name in enumerate(models)),
        )
    )
    found = select(account)
    paths = [one.path for one in found.exported]
    assert all(is_name(one.ref.name) for one in found.exported)
    assert not clashes(paths)
    assert len(set(paths)) == len(paths)
    assert "lora/adopted.yaml" not in paths
    assert {one.live.id for one in found.exported} | {one.live.id for one in found.left} == {
        live.id for live in account.live
    }
    assert select(account, {1}) == select(account)
    assert select(account, {2}).exported == ()


def test_an_object_of_this_tool_keeps_its_name_whoever_came_first() -> None:
    """Of its versions the newest complete one is exported."""
    found = selected(
        live_project(),
        live_dataset(10, "Poses"),
        live_dataset(11, "poses v1 (a0123456789ab)"),
        live_dataset(12, "poses v2 (a1123456789ab)"),
        live_dataset(13, "poses v3 draft a2123456789ab 0000"),
        live_model(30, "max v1 (a0123456789ab)", dataset_id=11),
    )
    assert refs(found) == {
        1: "project/branded-character",
        10: "dataset/poses-2",
        12: "dataset/poses",
        30: "model/max",
    }
    assert one_of(found, 30).parent == one_of(found, 12).ref
    assert [(one.live.id, one.why) for one in found.left] == [
        (11, "another version of dataset/poses is exported"),
        (13, "another version of dataset/poses is exported"),
    ]


def test_what_stands_on_nothing_is_left_out() -> None:
    found = selected(
        live_project(),
        live_model(30, "alone", dataset_id=99),
        live_dataset(10, "of nobody", project_id=7),
        live_model(31, "of nobody either", project_id=7),
    )
    assert {one.live.id: one.why for one in found.left} == {
        30: "the dataset that it was trained on is not live any more",
        10: "its project is not live",
        31: "its project is not live",
    }


def test_a_model_that_never_ran_is_not_trained_by_a_plan() -> None:
    things = (
        live_project(),
        live_dataset(10, "poses"),
        live_model(
            30,
            "expert",
            ModelStatus.CREATED,
            training_mode="expert",
            training_version="bria-3.2",
            parameters=(("novel", 3), ("rank", 64)),
        ),
    )
    spec = manifest_of(one_of(selected(*things), 30), observed(*things), "")["spec"]
    assert spec == {
        "dataset": "poses",
        "training_mode": "expert",
        "training_version": "bria-3.2",
        "training": {"rank": 64, "start": False},
    }


def test_a_guide_that_cannot_be_declared_is_left_to_people() -> None:
    dataset = replace(live_dataset(10, "kites"), family="schema", guide=SchemaGuide(text="no json"))
    things = (live_project(), dataset)
    found = one_of(selected(*things), 10)
    spec = manifest_of(found, observed(*things), "automatic")["spec"]
    assert isinstance(spec, dict)
    assert "visual_schema" not in spec
    comment = comment_of(found, observed(*things), has_pictures=True)
    assert "The API tells no guide: write a visual_schema." in comment


def test_a_name_with_a_number_is_explained() -> None:
    things = (live_project(), live_dataset(10, "Poses"), live_dataset(11, "poses!"), live_dataset(12, "日本"))
    found = selected(*things)
    words = {id_: comment_of(one_of(found, id_), observed(*things), has_pictures=True)[1] for id_ in (10, 11, 12)}
    assert words == {
        10: '`poses` is made of "Poses"; files refer to it by this name.',
        11: '`poses-2` is made of "poses!", with a number because another one is called so; files refer to it by this name.',
        12: "`dataset` stands for a name without letters and digits; files refer to it by this name.",
    }


def test_an_account_can_be_looked_at_in_part() -> None:
    account = overview(observed(live_project(), live_project(2, project_name="other"), live_dataset(10, "poses")))
    assert [one.kind for one in only(account, {2}).live] == [Kind.PROJECT]
    assert only(account, None) is account


@given(st.lists(st.text(max_size=200) | st.sampled_from(["a.png", "a.jpg", "A.PNG", ".png", "con", "m-masklabel.png"])))
def test_images_get_names_that_every_machine_holds(names: list[str]) -> None:
    found = image_names(RemoteImage(id=number, image_name=name) for number, name in enumerate(names, 1))
    assert [one.live.image_name for one in found] == names
    files = [one.file_for("PNG") for one in found]
    assert [unportable(name) for name in files] == [None] * len(files)
    assert not any(name.startswith(".") or "/" in name or name.endswith("-masklabel.png") for name in files)
    stems = [name.rpartition(".")[0] for name in files]
    assert not clashes(stems)
    assert len(set(stems)) == len(stems)


def test_the_bytes_of_a_picture_decide_its_suffix() -> None:
    """And a name that people gave stays where it fits."""
    one, two, three = image_names(
        RemoteImage(id=number, image_name=name) for number, name in enumerate(("wave.JPEG", "wave 2", "x.tiff"), 1)
    )
    assert (one.file_for("JPEG"), one.file_for("WebP")) == ("wave.JPEG", "wave.webp")
    assert (two.file_for("PNG"), two.name, two.is_changed) == ("wave 2.png", "wave 2", False)
    assert three.file_for("PNG") == "x.tiff.png"
