"""Using a trained model: which one may go where, results at once and later, and what pictures are made of."""

import pytest

from reconciler.simulator import Request
from tests.simulator.drawing import (
    IMAGE,
    PORTRAIT,
    REIMAGINE,
    STRUCTURED,
    TO_IMAGE,
    TO_VECTOR,
    VIDEO,
    Studio,
    file,
    size,
)
from tests.simulator.outsider import Json, rejects


def test_pictures_are_drawn_from_model_prompt_and_seed() -> None:
    """The same three give the same bytes; each of them, and what guides the model, makes another picture."""
    api = Studio("light", "max")
    first = api.drawn()
    assert api.drawn() == first
    assert size(first) == (1024, 1024)
    others = [
        api.drawn(model=api.models[1]),
        api.drawn(prompt="a tiger"),
        api.drawn(seed=8),
        api.drawn(negative_prompt="grey"),
        api.drawn(guidance_method_1="controlnet_canny", guidance_method_1_image_file=file()),
        api.drawn(image_prompt_mode="style_only", image_prompt_file=file()),
        api.drawn(image_prompt_mode="regular", image_prompt_urls=["https://example.com/a.png"]),
    ]
    assert len({first, *others}) == len(others) + 1


def test_waiting_or_not_gives_the_same_picture() -> None:
    """A synchronous answer takes its time; an asynchronous one comes at once, and its file later."""
    api = Studio()
    later = api.draw(sync=False).json()["result"][0]
    api.wait(5)
    assert api.fetch(later["urls"][0]).content == api.drawn(sync=True)
    raw = api.http.build_request("POST", f"{TO_IMAGE}/{api.first}", json={"prompt": "x"})
    request = Request(method="POST", path=raw.url.path, headers=dict(raw.headers), body=raw.read())
    assert api.simulator.handle(request).delay == 5


def test_several_results_have_seeds_that_follow_each_other() -> None:
    """The second result is the first one of the next seed; `ip_signal` adds a warning."""
    api = Studio()
    entries = api.draw(num_results=2, ip_signal=True).json()["result"]
    assert [entry["seed"] for entry in entries] == [7, 8]
    assert "warning" in entries[0]
    assert api.fetch(entries[1]["urls"][0]).content == api.drawn(seed=8)


@pytest.mark.parametrize(
    ("version", "portrait", "v2"),
    [
        ("light", True, False),
        ("bria-2.3", True, False),
        ("max", False, False),
        ("bria-3.2", False, False),
        ("fibo", False, True),
    ],
)
def test_which_model_may_go_where(version: str, portrait: bool, v2: bool) -> None:
    """The legacy versions go to v1, two of them to the portrait, and fibo goes to v2."""
    api = Studio(version)
    model = api.first
    prompted = {"prompt": "x", "tailored_model_id": model, "structure_image_file": file(128, 64)}
    statuses = [
        api.draw().status_code,
        api.draw(TO_VECTOR).status_code,
        api.post(REIMAGINE, prompted).status_code,
        api.post(PORTRAIT, {"tailored_model_id": model, "id_image_url": "https://example.com/me.png"}).status_code,
        api.post(IMAGE, prompted).status_code,
        api.post(STRUCTURED, prompted).status_code,
    ]
    allowed = [not v2, not v2, not v2, portrait, v2, v2]
    assert [status in (200, 202) for status in statuses] == allowed


def test_an_unknown_model() -> None:
    """There is no model of this id."""
    rejects(Studio().draw(model=123), 404)
    rejects(Studio().post(REIMAGINE, {"prompt": "x"}), 422, "list")


def test_ratios_rule_the_size() -> None:
    """The ratio that is asked for; that of a guidance image before it; that of a structure."""
    api = Studio()
    wide = size(api.drawn(aspect_ratio="16:9"))
    assert wide == (1368, 768)
    guided = api.drawn(aspect_ratio="16:9", guidance_method_1="controlnet_depth", guidance_method_1_image_file=file())
    assert size(guided) == (1024, 1024)
    answer = api.post(
        REIMAGINE,
        {"prompt": "x", "tailored_model_id": api.first, "structure_image_url": "https://h.de/a.png?width=512"},
    )
    assert size(api.fetch(answer.json()["result"][0]["urls"][0]).content) == (728, 1440)


@pytest.mark.parametrize(
    "fields",
    [
        {"guidance_method_1": "controlnet_canny"},
        {"guidance_method_1": "canny", "guidance_method_1_image_file": "x"},
        {"guidance_method_1": "controlnet_canny", "guidance_method_1_image_file": "no base64"},
        {"image_prompt_mode": "regular"},
        {"image_prompt_mode": "regular", "image_prompt_file": "x", "image_prompt_urls": ["https://h.de/a.png"]},
        {"prompt": ""},
        {"steps_num": 0},
        {"aspect_ratio": "2:1"},
    ],
)
def test_bodies_that_are_refused(fields: Json) -> None:
    """What the documents do not allow is refused, and nothing is drawn."""
    api = Studio()
    assert api.draw(**fields).status_code in (400, 422)
    with api.simulator.transaction() as world:
        assert not list(world.drawings.all())


def test_a_checkpoint_of_an_expert_model() -> None:
    """A checkpoint draws another picture; the active one draws what no checkpoint draws."""
    api = Studio("bria-2.3")
    assert api.drawn(f"{TO_IMAGE}/{api.first}", 500) != api.drawn()
    assert api.drawn(f"{TO_IMAGE}/{api.first}", 1000) == api.drawn()
    body = {"tailored_model_id": api.first, "id_image_file": file(), "tailored_checkpoint_step": 700}
    rejects(api.post(PORTRAIT, body), 404, "text")


def test_moderation_of_images_by_their_address() -> None:
    """An address that moderation refuses is named; without moderation it is taken."""
    api = Studio()
    fields: Json = {"image_prompt_mode": "regular", "image_prompt_urls": ["https://h.de/unsafe.png"]}
    rejects(api.draw(**fields, content_moderation=True), 422)
    assert api.draw(**fields).status_code == 200


def test_a_job_of_v2_and_its_exact_repetition() -> None:
    """The structured prompt with its seed draws the same picture again; refined, it draws another one."""
    api = Studio("fibo")
    first = api.job(seed=7)
    assert first["status"] == "COMPLETED"
    told, url = first["result"]["structured_prompt"], first["result"]["image_url"]
    again = api.post(IMAGE, {"tailored_model_id": api.first, "structured_prompt": told, "seed": 7, "sync": True}).json()
    assert api.fetch(again["result"]["image_url"]).content == api.fetch(url).content
    refined = api.job(seed=7, prompt="at night", structured_prompt=told)
    assert api.fetch(refined["result"]["image_url"]).content != api.fetch(url).content
    api.wait(4 * 24 * 3600)
    assert api.fetch(url).status_code == 403


def test_a_structured_prompt_and_a_video() -> None:
    """The one is JSON in a string and no picture, the other an MP4 that does not expire."""
    api = Studio("fibo")
    assert set(api.job(STRUCTURED)["result"]) == {"seed", "structured_prompt"}
    video = api.job(VIDEO, image="https://example.com/a.png")["result"]["video_url"]
    api.wait(400 * 24 * 3600)
    assert api.fetch(video).content[4:8] == b"ftyp"
    refused = api.post(VIDEO, {"tailored_model_id": api.first, "image": "https://h.de/a.gif"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (415, 415)


def test_what_moderation_blocks_in_v2() -> None:
    """The prompt at once; the picture as a failed job, or at once where it is waited for."""
    api = Studio("fibo")
    body = {"tailored_model_id": api.first, "prompt": "unsafe"}
    assert api.post(IMAGE, body).json()["error"]["details"] == "prompt"
    assert api.job(prompt="borderline")["error"]["code"] == 422
    assert api.post(IMAGE, {**body, "prompt": "borderline", "sync": True}).status_code == 422
    assert api.job(prompt="borderline", visual_output_content_moderation=False)["status"] == "COMPLETED"


def test_a_token_is_refused_where_results_lie() -> None:
    """A client that sends the token to the address of a result is told so; what is no result is not found."""
    api = Studio()
    url = api.draw().json()["result"][0]["urls"][0]
    rejects(api.get(url), 400)
    assert api.fetch("http://simulator/results/nothing.png").status_code == 404


def test_pictures_sent_along_are_digests_in_the_log() -> None:
    """Whatever field brings a file, the log keeps its digest."""
    api = Studio()
    api.draw(guidance_method_1="controlnet_canny", guidance_method_1_image_file=file())
    body = api.simulator.log[-1].body
    assert isinstance(body, dict)
    assert set(body["guidance_method_1_image_file"]) == {"sha256", "size"}
