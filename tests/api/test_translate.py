import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.api import translate
from reconciler.core.guide import PrefixGuide
from reconciler.core.live import DatasetStatus, ModelStatus, RemoteDataset, RemoteImage, RemoteModel, RemoteProject

PROJECT: Mapping[str, object] = {"id": 7, "project_name": "p"}
DATASET: Mapping[str, object] = {"id": 7, "name": "d", "status": "draft"}
IMAGE: Mapping[str, object] = {"id": 7}
MODEL: Mapping[str, object] = {"id": 7, "name": "m", "status": "Created"}


def test_f24_unknown_fields_are_ignored_and_missing_ones_are_none() -> None:
    """The least that the contract promises is enough, and more does no harm."""
    more = {"status": "active", "created_at": 5, "custom_metadata": "", "models": [], "new": {"a": [1]}}
    assert translate.project({**more, **PROJECT}) == RemoteProject(id=7, project_name="p", project_description="")
    assert translate.dataset({**more, **DATASET}) == RemoteDataset(id=7, name="d", status=DatasetStatus.DRAFT)
    assert translate.image({**more, **IMAGE}, dataset_id=1) == RemoteImage(id=7, image_name="")
    assert translate.model({**more, **MODEL}) == RemoteModel(
        id=7, name="m", status=ModelStatus.CREATED, word="Created", description=""
    )


def test_everything_that_is_there_is_taken() -> None:
    """A full answer of each kind, in the API's words."""
    project = {"project_description": "t", "ip_name": "n", "ip_description": "i", "ip_medium": "m", "ip_type": "y"}
    full = replace(RemoteProject(id=7, project_name="p"), **project)  # type: ignore[arg-type]
    assert translate.project({**PROJECT, **project}) == full
    image = {"id": 9, "dataset_id": "7", "image_name": "a.png", "caption": "c", "caption_source": "Manual"}
    assert translate.dataset(
        {
            **DATASET,
            "project_id": "12",
            "caption_prefix": "A photo, ",
            "captions_update_status": "In_Progress",
            "upload_type": "Basic",
            "images_count": 1,
            "images": [image],
            "captions_source": None,
        },
        id=7,
        project_id=12,
    ) == RemoteDataset(
        id=7,
        name="d",
        status=DatasetStatus.DRAFT,
        project_id=12,
        family="prefix",
        knows=frozenset({"prefix"}),
        guide=PrefixGuide(text="A photo, "),
        captions_update_status="in_progress",
        upload_type="basic",
        images_count=1,
        images=(RemoteImage(id=9, image_name="a.png", caption="c", caption_source="manual"),),
    )
    model = {
        "description": "t",
        "training_mode": "expert",
        "training_version": "bria-3.2",
        "dataset_id": 3,
        "project_id": 4,
        "created_at": "2025-08-20T06:06:05.849402",
        "updated_at": "2024-05-26T12:00:00Z",
    }
    parameters = {
        "rank": 64,
        "learning_rate": 1e-4,
        "lr_scheduler": "constant",
        "lr_warmup_steps": None,
        "x": True,
        "y": [],
    }
    assert translate.model({**MODEL, **model, "training_parameters": parameters}) == RemoteModel(
        id=7,
        name="m",
        status=ModelStatus.CREATED,
        word="Created",
        parameters=(("learning_rate", 1e-4), ("lr_scheduler", "constant"), ("rank", 64)),
        **model,  # type: ignore[arg-type]
    )


ADDRESS = "https://images.example.com/a.png?X-Amz-Signature=5ec7e7"


def test_u34_the_address_of_a_picture_takes_no_part() -> None:
    """It may change with each read: two reads are equal all the same, and nothing that prints an image shows it."""
    found = translate.image({**IMAGE, "image_url": ADDRESS, "thumbnail_url": ADDRESS}, dataset_id=1)
    other = translate.image({**IMAGE, "image_url": "x", "thumbnail_url": f"{ADDRESS}2"}, dataset_id=1)
    assert (found.thumbnail_url, other.thumbnail_url) == (ADDRESS, f"{ADDRESS}2")
    assert found == other
    assert hash(found) == hash(other)
    assert "5ec7e7" not in repr(found)


NO_ADDRESSES: list[object] = [
    None, "", 7, True, [], {}, ["https://images.example.com/a.png"], "a.png", "//images.example.com/a.png",
    "javascript:alert(1)", "file:///etc/passwd", "http://169.254.169.254/latest", "http://images.example.com/a.png",
    "https://user:pw@images.example.com/a.png", "https://images.example.com/a\n.png",
    "https://images.example.com/\u202e.png", "https://images.example.com/" + "a" * 5000, "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("address", NO_ADDRESSES, ids=range(len(NO_ADDRESSES)))
def test_h67_what_is_no_address_of_a_picture_is_left_out(address: object) -> None:
    """Never a failure: no plan hangs on a picture."""
    found = translate.dataset({**DATASET, "images": [{**IMAGE, "image_name": "a.png", "thumbnail_url": address}]})
    assert found.images == (RemoteImage(id=7, image_name="a.png"),)
    assert found.images[0].thumbnail_url is None


@pytest.mark.parametrize("given_id", [1, "1", 12, "12", 2**53 + 1, str(2**63 - 1)])
def test_u49_an_id_is_a_number_or_its_digits(given_id: int | str) -> None:
    """Normalised to a number, without loss."""
    assert translate.project({**PROJECT, "id": given_id}).id == int(given_id)


BAD_IDS: list[object] = [0, -1, 1.0, 1.5, True, False, None, 2**63, "2" * 19, 10**400, "", "0", "-1", "1.0", " 1", "1\n", "٣", "²", "7/../9", "1e3", [], {}]  # fmt: skip


@pytest.mark.parametrize("given_id", BAD_IDS, ids=repr)
def test_f22_h65_whatever_else_is_no_id(given_id: object) -> None:
    """Refused in every place where an id stands, and without repeating it."""
    if given_id == "2" * 19:
        given_id = str(2**63)
    documents: list[tuple[Callable[[object], object], object]] = [
        (translate.project, {**PROJECT, "id": given_id}),
        (translate.datasets, [{**DATASET, "id": given_id}]),
        (translate.models, [{**MODEL, "id": given_id}]),
    ]
    if given_id is not None:
        documents += [
            (translate.dataset, {**DATASET, "project_id": given_id}),
            (translate.dataset, {**DATASET, "images": [{"id": given_id}]}),
            (translate.model, {**MODEL, "dataset_id": given_id}),
            (translate.model, {**MODEL, "project_id": given_id}),
        ]
    for fit, document in documents:
        with pytest.raises(ValueError, match="is no id") as caught:
            fit(document)
        assert "../" not in str(caught.value)


def test_f23_one_id_twice_in_a_list_is_a_failure() -> None:
    """Two different objects, or one object twice; by number and by digits."""
    lists: list[tuple[Callable[[object], object], Mapping[str, object]]] = [
        (translate.projects, PROJECT),
        (translate.datasets, DATASET),
        (translate.models, MODEL),
    ]
    for fit, first in lists:
        for second in (dict(first), {**first, "id": "7", "name": "other"}):
            with pytest.raises(ValueError, match="twice"):
                fit([first, {**first, "id": 8}, second])
    fits: tuple[Callable[[object], object], ...] = (
        lambda items: translate.images(items, dataset_id=1),
        lambda items: translate.dataset({**DATASET, "images": items}),
    )
    for fit_images in fits:
        with pytest.raises(ValueError, match="twice"):
            fit_images([IMAGE, {"id": "7"}])


@pytest.mark.parametrize("document", [None, {}, "x", 7, True, {"projects": []}], ids=repr)
def test_f05_what_is_no_list_is_none(document: object) -> None:
    """An object or a null in place of a list is never an empty account."""
    for fit in (translate.projects, translate.datasets, translate.models):
        with pytest.raises(ValueError, match="is no list"):
            fit(document)
    assert translate.projects([]) == ()


def test_answers_about_another_object_are_refused() -> None:
    """An answer must be of the id, the project or the dataset that was asked for."""
    for refused in (
        lambda: translate.project(PROJECT, id=8),
        lambda: translate.dataset(DATASET, id=8),
        lambda: translate.model(MODEL, id=8),
        lambda: translate.datasets([{**DATASET, "project_id": 4}], project_id=5),
        lambda: translate.models([{**MODEL, "project_id": 4}], project_id=5),
        lambda: translate.images([{**IMAGE, "dataset_id": 4}], dataset_id=5),
        lambda: translate.acknowledgement({"id": 8}, id=7),
    ):
        with pytest.raises(ValueError, match="another one"):
            refused()
    assert translate.datasets([DATASET], project_id=5)[0].project_id == 5
    assert translate.models([MODEL], project_id=5)[0].project_id == 5
    assert translate.image(IMAGE, dataset_id=4, image_name="a.png").image_name == "a.png"
    translate.acknowledgement({"id": "7"}, id=7)
    translate.acknowledgement({}, id=7)
    translate.nothing(None)
    translate.nothing({})
    nonsense: object
    for nonsense in (True, [], 1.0, "1.0"):
        with pytest.raises(ValueError, match="is no id"):
            translate.acknowledgement({"id": nonsense}, id=1)
    with pytest.raises(ValueError, match="no object"):
        translate.nothing("done")


@pytest.mark.parametrize(
    ("keys", "family"),
    [
        ({}, None),
        ({"caption_prefix": "A, "}, "prefix"),
        ({"caption_prefix": ""}, "prefix"),
        ({"caption_prefix": None}, "prefix"),
        ({"visual_schema": None}, "schema"),
        ({"visual_schema": "{}"}, "schema"),
        ({"visual_schema": {"a": 1}}, "schema"),
        ({"caption_prefix": "A, ", "visual_schema": None}, "prefix"),
        ({"caption_prefix": None, "visual_schema": "{}"}, "schema"),
        ({"caption_prefix": None, "visual_schema": None}, None),
        ({"caption_prefix": None, "visual_schema": None, "training_version": "fibo"}, "schema"),
        ({"caption_prefix": "", "visual_schema": "{}", "training_version": "3.2"}, "prefix"),
        ({"training_version": ""}, None),
    ],
)
def test_u63_the_family_is_told_by_the_keys(keys: dict[str, object], family: str | None) -> None:
    """D06: the version, else the key that is there, whatever its value; of both, the one that holds something."""
    assert translate.dataset({**DATASET, **keys}).family == family


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Created", ModelStatus.CREATED),
        ("InProgress", ModelStatus.IN_PROGRESS),
        ("INPROGRESS", ModelStatus.IN_PROGRESS),
        ("completed", ModelStatus.COMPLETED),
        ("Deleted", ModelStatus.DELETED),
        ("syncing", ModelStatus.SYNCING),
        ("Queued", ModelStatus.UNKNOWN),
        ("", ModelStatus.UNKNOWN),
        ("unknown", ModelStatus.UNKNOWN),
    ],
)
def test_f24_a_model_status_in_any_case(word: str, status: ModelStatus) -> None:
    """The API's own word is kept beside it."""
    found = translate.model({**MODEL, "status": word})
    assert (found.status, found.word) == (status, word)


@pytest.mark.parametrize(
    ("told", "steps", "active"),
    [
        ({"checkpoint_steps": ["1000", "500"], "active_model_version": "1000"}, (500, 1000), 1000),
        ({"checkpoint_steps": [500, 1000], "active_model_version": 500}, (500, 1000), 500),
        ({"checkpoint_steps": ["500"], "active_model_version": "default"}, (500,), None),
        ({"checkpoint_steps": ["500"], "active_model_version": "1000"}, (500,), None),
        ({"checkpoint_steps": ["500"], "active_model_version": None}, (500,), None),
        ({"checkpoint_steps": [], "active_model_version": "default"}, (), None),
        ({"checkpoint_steps": ["500", "last"]}, None, None),
        ({"checkpoint_steps": ["500", None]}, None, None),
        ({"checkpoint_steps": "500"}, None, None),
        ({"checkpoint_steps": None}, None, None),
        ({}, None, None),
    ],
)
def test_u60_checkpoints_are_known_or_not(
    told: dict[str, object], steps: tuple[int, ...] | None, active: int | None
) -> None:
    """None is listed, or nobody knows: those are two answers, because by one of them checkpoints are deleted."""
    found = translate.model({**MODEL, **told})
    assert (found.checkpoints, found.active_checkpoint) == (steps, active)


@pytest.mark.parametrize(
    ("word", "status"),
    [("Draft", DatasetStatus.DRAFT), ("COMPLETED", DatasetStatus.COMPLETED), ("archived", DatasetStatus.UNKNOWN)],
)
def test_f24_a_dataset_status_in_any_case(word: str, status: DatasetStatus) -> None:
    """A word that the contract does not have is not settled."""
    assert translate.dataset({**DATASET, "status": word}).status is status


@pytest.mark.parametrize("description", ["", None, "absent"])
def test_u47_every_form_of_no_description_is_alike(description: str | None) -> None:
    """Empty, null and absent."""
    keys: dict[str, object] = (
        {} if description == "absent" else {"description": description, "project_description": description}
    )
    assert translate.model({**MODEL, **keys}).description == ""
    assert translate.project({**PROJECT, **keys}).project_description == ""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2024-05-26T12:00:00Z", True),
        ("2025-08-20T06:06:05.849402", True),
        ("yesterday", False),
        (1724134565, False),
        (None, False),
    ],
)
def test_u48_f39_both_forms_of_timestamp_are_kept_and_nonsense_is_dropped(written: object, kept: bool) -> None:
    """They are for people only: no timestamp makes a read fail."""
    assert translate.model({**MODEL, "created_at": written}).created_at == (written if kept else None)


def test_u50_a_name_that_the_answer_lacks_is_the_one_that_was_sent() -> None:
    """In the answer to a create only: a listed model without a name is unfit, a Deleted one is not."""
    nameless = {"id": 7, "status": "Created"}
    assert translate.model(nameless, name="m").name == "m"
    assert translate.model({**nameless, "name": "n"}, name="m").name == "n"
    for document in (nameless, {**nameless, "name": None}):
        with pytest.raises(ValueError, match="name"):
            translate.models([document])
    assert translate.models([{**nameless, "status": "Deleted"}])[0].name == ""


@pytest.mark.parametrize("key", ["prefix", "caption_prefix", "generation_prefix"])
def test_u64_a_prefix_under_any_of_its_keys(key: str) -> None:
    """With its outer blanks: they are part of it."""
    assert translate.prefix({key: "A photo, "}) == "A photo, "


@pytest.mark.parametrize("document", [None, [], "A photo", {}, {"prefix": " "}, {"prefix": None}, {"prefix": 7}])
def test_u64_no_prefix_is_a_failure(document: object) -> None:
    """An empty text is none."""
    with pytest.raises(ValueError, match="no prefix"):
        translate.prefix(document)


@pytest.mark.parametrize("given_schema", ['{"style": "flat"}', {"style": "flat"}])
def test_a_schema_comes_as_json_in_a_text_or_as_json(given_schema: object) -> None:
    assert translate.schema({"visual_schema": given_schema}, key="visual_schema").document == {"style": "flat"}


@pytest.mark.parametrize("given_schema", [None, "", "flat", "[]", "{}", '{"a": 1, "a": 2}', '{"a": NaN}', 7, []])
def test_what_is_no_json_object_is_no_schema(given_schema: object) -> None:
    for document in (given_schema, {"visual_schema": given_schema}, {"structured_prompt": {"style": "flat"}}):
        with pytest.raises(ValueError, match="holds no JSON object as visual_schema"):
            translate.schema(document, key="visual_schema")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": 7},
        {"name": None},
        {"status": None},
        {"caption_prefix": []},
        {"images_count": -1},
        {"images_count": True},
        {"images_count": "5"},
        {"images_count": 1.0},
        {"images": {}},
        {"images": [7]},
        {"images": [{"id": 1, "caption": 5}]},
    ],
    ids=repr,
)
def test_f22_nonsense_in_a_field_that_is_used_is_a_failure(wrong: dict[str, object]) -> None:
    """The reason names the field, and repeats no value."""
    with pytest.raises(ValueError) as caught:
        translate.dataset({**DATASET, **wrong})
    assert str(caught.value).startswith(next(iter(wrong)))
    assert len(str(caught.value)) < 120


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["id", "name", "status", "project_name", "images", "images_count", "project_id", "thumbnail_url"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_h66_any_document_is_translated_or_a_value_error(document: object) -> None:
    """No other exception, whatever is in an answer."""
    for fit in (
        translate.project, translate.projects, translate.dataset, translate.datasets, translate.model, translate.models,
        translate.prefix, translate.acknowledgement, translate.nothing,
        lambda item: translate.image(item, dataset_id=1), lambda item: translate.images(item, dataset_id=1),
    ):  # fmt: skip
        with contextlib.suppress(ValueError):
            fit(document)
