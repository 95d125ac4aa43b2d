"""What a stale result was asked for, beside what its case says now."""

from reconciler.core.gallery import CaseState
from reconciler.core.order import Draws, Guidance, Method, Picture
from reconciler.gallery.comparison import ComparedColumn, compared
from reconciler.gallery.redefined import Redefined, redefined
from tests.gallery import looks
from tests.gallery.looks import MODEL, NEW, PRODUCTION


def told(before: dict[str, object], now: dict[str, object]) -> dict[str, tuple[object, object]]:
    record = looks.record(looks.case("waving", **before), seed=dict(before.get("given", {"seed": 7})).get("seed"))  # type: ignore[arg-type, call-overload]
    return {one.name: (one.then, one.now) for one in redefined(looks.case("waving", **now), MODEL, record)}  # type: ignore[arg-type]


def test_nothing_differs_of_a_case_that_stays() -> None:
    """Whatever its parameters are."""
    for draws in Draws:
        case = looks.case("waving", draws=draws)
        assert redefined(case, MODEL, looks.record(case)) == ()


def test_words_seed_and_parameters_are_named() -> None:
    """By their names in records, with what was sent and what would be; a default that comes back is a value, too."""
    before: dict[str, object] = {"prompt": "waving", "given": {"seed": 7, "steps": 10, "negative-prompt": "people"}}
    now: dict[str, object] = {"prompt": "jumping", "given": {"seed": 8, "aspect-ratio": "16:9"}}
    assert told(before, now) == {
        "prompt": ("waving", "jumping"),
        "seed": (7, 8),
        "steps_num": (10, 8),
        "negative_prompt": ("people", None),
        "aspect_ratio": ("1:1", "16:9"),
    }


def test_pictures_are_told_by_their_digests() -> None:
    """Another picture, another method, another scale, and one picture less."""

    def guided(digest: str, method: Method = Method.CANNY, scale: float = 1.0) -> dict[str, object]:
        return {"guidance": (Guidance(method=method, picture=Picture(label="a.png", digest=digest), scale=scale),)}

    assert told(guided("1"), guided("2")) == {"guidance_method_1_image_file": ({"sha256": "1"}, {"sha256": "2"})}
    assert told(guided("1"), guided("1", Method.DEPTH, 0.5)) == {
        "guidance_method_1": ("controlnet_canny", "controlnet_depth"),
        "guidance_method_1_scale": (1.0, 0.5),
    }
    assert "guidance_method_1_image_file" in told(guided("1"), {})
    addresses = tuple(Picture(label=one, digest=one, address=f"https://{one}") for one in "ab")
    assert told({"image_prompt": addresses}, {"image_prompt": addresses[:1]}) == {
        "image_prompt_urls": ([{"address_sha256": "a"}, {"address_sha256": "b"}], [{"address_sha256": "a"}])
    }


def test_what_the_version_could_not_draw_is_not_guessed() -> None:
    """A record of the other family, and one that says nothing: the state alone is told then."""
    words = looks.record(looks.case("waving", draws=Draws.STRUCTURED))
    assert redefined(looks.case("waving", draws=Draws.VECTOR), MODEL, words) == ()
    for record in ({}, {"training_version": 7}, {"training_version": None, "parameters": "no"}):
        assert redefined(looks.case("waving"), MODEL, record) == ()


def test_only_a_stale_cell_tells_it() -> None:
    """In the row of a comparison, beside the others."""
    case, record = looks.case("waving"), looks.record(looks.case("waving", "jumping"), NEW)
    stale = looks.result(case, NEW, state=CaseState.STALE, record=record)
    newer = ComparedColumn(column=NEW)
    made = compared(looks.gallery(case), (PRODUCTION, newer), looks.results(looks.result(case), stale))
    assert made.cases[0].redefined == ((), (Redefined(name="prompt", then="jumping", now="waving with one hand"),))
