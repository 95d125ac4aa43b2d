"""Which model may draw what, and what is sent and kept of an order."""

import json

import pytest

from reconciler.core.generation.body import asked
from reconciler.core.generation.rules import misfit, misuse, wrong_model
from reconciler.core.kind import Kind
from reconciler.core.order import Drawer, Draws, Guidance, Method, Order, Picture, Value
from reconciler.core.ref import Ref

REF = Ref(Kind.MODEL, "lora-max")
FACE = Picture(label="face.png", digest="0" * 64, width=640, height=480, base64="AAAA")
WIDE = Picture(label="wide.png", digest="1" * 64, width=800, height=450, base64="BBBB")
AWAY = Picture(label="https://h.de/a.png", digest="2" * 64, address="https://h.de/a.png?key=secret")


def drawer(version: str | None = "light", medium: str = "illustration") -> Drawer:
    return Drawer(ref=REF, version=version, medium=medium, prefix="A girl, ")


def guide(picture: Picture = FACE, method: Method = Method.CANNY) -> Guidance:
    return Guidance(method=method, picture=picture)


@pytest.mark.parametrize(
    ("version", "draws"),
    [
        ("light", "image vector reimagine portrait"),
        ("max", "image vector reimagine"),
        ("bria-2.3", "image vector reimagine portrait"),
        ("bria-3.2", "image vector reimagine"),
        ("fibo", "image structured"),
        (None, "image structured"),
    ],
)
def test_which_model_may_draw_what(version: str | None, draws: str) -> None:
    """The documents' table; a model without a version is of the schema family."""
    assert [one.value for one in Draws if wrong_model(one, drawer(version)) is None] == draws.split()


def test_a_wrong_pair_is_told_with_its_rule() -> None:
    """What is needed, and what the model is."""
    assert wrong_model(Draws.PORTRAIT, drawer("max")) == (
        "portraits need a model of training_version light or bria-2.3; model/lora-max is max"
    )
    assert "ip_medium: photography" in (wrong_model(Draws.VECTOR, drawer(medium="photography")) or "")
    assert "whose models draw image and structured, not portrait" in (wrong_model(Draws.PORTRAIT, drawer("fibo")) or "")


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (Order(guidance=(guide(), guide(), guide())), "at most 2 guidance methods go together, not 3"),
        (Order(guidance=(guide(), guide(WIDE))), "face.png has 640 x 480 and wide.png has 800 x 450"),
        (Order(guidance=(guide(),), given={"aspect-ratio": "1:1"}), "the ratio of the guidance picture rules"),
        (Order(image_prompt=(FACE, AWAY)), "one file, or addresses"),
        (Order(person=FACE), "--person goes with --kind portrait"),
        (Order(structure=FACE), "--structure goes with --kind reimagine"),
    ],
)
def test_what_is_wrong_whatever_the_model_is(order: Order, words: str) -> None:
    """Pictures that do not go together, or with what is drawn."""
    (told,) = misuse(order)
    assert words in told.words


@pytest.mark.parametrize(
    ("order", "version", "words"),
    [
        (Order(), "light", "a prompt is needed: say what"),
        (Order(), "fibo", "a prompt is needed, or --structured-prompt"),
        (Order(structured_prompt="{}"), "fibo", "needs its --seed"),
        (Order(prompt="x", structured_prompt="{}"), "light", "is for models of the schema family"),
        (Order(draws=Draws.PORTRAIT, prompt="x", person=FACE), "light", "takes no prompt"),
        (Order(draws=Draws.PORTRAIT), "light", "needs --person"),
        (Order(prompt="x", guidance=(guide(),)), "fibo", "--guide goes with --kind image or vector"),
        (Order(draws=Draws.REIMAGINE, prompt="x", image_prompt=(FACE,)), "max", "--image-prompt goes with"),
        (Order(prompt="x", given={"image-prompt-scale": 0.5}), "light", "--image-prompt-scale needs --image-prompt"),
        (Order(prompt="x", given={"results": 5}), "light", "--results is 1 to 4 here, not 5"),
        (Order(prompt="x", given={"results": 3}), "max", "draws at most 2 pictures at a time"),
        (Order(prompt="x", given={"fast": True}), "max", "--fast does not fit model/lora-max, which is max"),
        (Order(prompt="x", given={"fast": False}), "light", "--slow does not fit"),
        (Order(prompt="x", given={"influence": 1.2}), "light", "--influence is 0 to 1 here, not 1.2"),
        (Order(prompt="x", given={"influence": 1.6}), "fibo", "--influence is 0 to 1.5 here, not 1.6"),
        (Order(prompt="x", given={"steps": 10}), "fibo", "--steps is 20 to 50 here, not 10"),
        (Order(prompt="x", checkpoint=500), "light", "--checkpoint is for models of training_mode expert"),
        (Order(prompt="x", checkpoint=500), "fibo", "--checkpoint is for models of training_mode expert"),
        (Order(prompt="x", given={"results": 2}), "fibo", "--results does not go with --kind image"),
        (Order(prompt="x", given={"seed": -1}), "light", "--seed is 0 to 2147483647 here, not -1"),
        (Order(prompt="x", given={"seed": 2**31}), "light", "--seed is 0 to 2147483647 here, not 2147483648"),
    ],
)
def test_what_does_not_fit_the_model(order: Order, version: str, words: str) -> None:
    """Prompts, pictures and parameters, each with what would be right."""
    assert any(words in told.words for told in misfit(order, drawer(version))), list(misfit(order, drawer(version)))


@pytest.mark.parametrize(
    ("order", "version"),
    [
        (Order(prompt="x"), "max"),
        (Order(prompt="x", given={"results": 4}), "light"),
        (Order(prompt="x", guidance=(guide(), guide()), image_prompt=(AWAY, AWAY)), "bria-3.2"),
        (Order(draws=Draws.REIMAGINE, prompt="x", given={"results": 4, "fast": False}), "max"),
        (Order(draws=Draws.PORTRAIT, person=AWAY), "light"),
        (Order(structured_prompt="{}", given={"seed": 1}), "fibo"),
    ],
)
def test_what_fits(order: Order, version: str) -> None:
    """Nothing is said of an order that the documents allow."""
    assert [*misuse(order), *misfit(order, drawer(version))] == []


def test_every_default_is_sent_and_the_prefix_joined() -> None:
    """A model draws by what was said, not by what the API may take for a default today (V03, V06, V08, V12, V13)."""
    wanted = asked(Order(prompt="waving"), drawer(), 40001)
    assert wanted.body == {
        "prompt": "A girl, waving",
        "num_results": 1,
        "aspect_ratio": "1:1",
        "sync": False,
        "fast": True,
        "steps_num": 8,
        "model_influence": 1.0,
        "prompt_enhancement": False,
        "content_moderation": False,
        "include_generation_prefix": False,
    }
    slow = asked(Order(prompt="waving", has_prefix=False), drawer("max"), 40001).body
    assert (slow["prompt"], slow["fast"], slow["steps_num"]) == ("waving", False, 30)


def test_guidance_is_numbered_and_rules_the_ratio() -> None:
    """In the order in which it was said (V45); no ratio is sent beside it."""
    body = asked(Order(prompt="x", guidance=(guide(), guide(method=Method.DEPTH))), drawer(), 1).body
    assert (body["guidance_method_1"], body["guidance_method_2"]) == ("controlnet_canny", "controlnet_depth")
    assert "aspect_ratio" not in body


@pytest.mark.parametrize(
    ("order", "version", "model"),
    [
        (Order(draws=Draws.REIMAGINE, prompt="x", structure=AWAY), "max", "40001"),
        (Order(draws=Draws.PORTRAIT, person=AWAY), "light", "40001"),
        (Order(prompt="x", image_prompt=(AWAY,)), "light", None),
        (Order(prompt="x", image_prompt=(FACE,)), "light", None),
        (Order(prompt="x"), "fibo", "40001"),
    ],
)
def test_what_is_kept_holds_no_picture_and_no_address(order: Order, version: str, model: Value | None) -> None:
    """Digests stand for them; the model's id, which is another one in each account, is not kept either."""
    wanted = asked(order, drawer(version), 40001)
    kept = json.dumps(wanted.recorded)
    assert "http" not in kept
    assert "AAAA" not in kept
    assert "tailored_model_id" not in kept
    assert wanted.body.get("tailored_model_id") == model


def test_a_job_of_v2_has_no_prefix_and_is_not_waited_for() -> None:
    """The server applies the visual schema by itself."""
    wanted = asked(Order(prompt="waving"), drawer("fibo"), 40001)
    assert wanted.is_job
    assert (wanted.body["prompt"], wanted.body["sync"]) == ("waving", False)
    assert wanted.body["visual_output_content_moderation"] is True


@pytest.mark.parametrize(
    ("checkpoints", "words"),
    [
        (None, None),
        (("500", "1000"), None),
        (("1000", "1500"), "has no checkpoint 500; the API lists 1000 and 1500"),
        ((), "the API lists none"),
    ],
)
def test_a_checkpoint_has_to_be_listed(checkpoints: tuple[str, ...] | None, words: str | None) -> None:
    """The list comes with the model; before it was read nothing is said (V43)."""
    expert = Drawer(ref=REF, version="bria-2.3", medium="illustration", is_expert=True, checkpoints=checkpoints)
    told = list(misfit(Order(prompt="x", checkpoint=500), expert))
    assert len(told) == (words is not None)
    assert words is None or words in told[0].words


def test_a_checkpoint_stands_in_the_path_or_in_the_body() -> None:
    """As the documents have it: a route of its own for what is drawn from text, a field elsewhere."""
    expert = Drawer(ref=REF, version="bria-2.3", medium="illustration", is_expert=True)
    image = asked(Order(prompt="x", checkpoint=500), expert, 40001)
    assert (image.operation, image.ids) == (
        "text-to-image-checkpoint-tailored", {"model_id": 40001, "checkpoint_step": 500},
    )  # fmt: skip
    person = asked(Order(draws=Draws.PORTRAIT, person=FACE, checkpoint=500), expert, 40001)
    assert (person.ids, person.body["tailored_checkpoint_step"]) == ({}, 500)
