"""Undocumented behaviours of generation: every value of every switch."""

import pytest

from reconciler.simulator.generation.rules import FOREIGN
from tests.simulator.drawing import (
    IMAGE,
    PORTRAIT,
    REIMAGINE,
    STRUCTURED,
    TO_VECTOR,
    VIDEO,
    Studio,
    file,
)
from tests.simulator.outsider import Json, rejects
from tests.simulator.unknown import values

SHAPES = {"message": "message", "string": "text", "list": "list", "fields": "fields"}


def refused(answer: Json, value: str) -> None:
    """The answer that a value like `409_message` names."""
    status, _, shape = value.partition("_")
    rejects(answer, int(status), SHAPES.get(shape, "message"))


@values("legacy_generation_sunset", "serving 410_message 403_string 404 400_message")
def test_v01_legacy_generation_sunset(value: str) -> None:
    """The v1 operations serve, or say in one of four ways that they are retired; v2 goes on."""
    api = Studio("light", "fibo", legacy_generation_sunset=value)
    answer = api.draw()
    if value == "serving":
        assert answer.status_code == 200
    else:
        refused(answer, value)
    assert api.post(IMAGE, {"tailored_model_id": api.models[1], "prompt": "x"}).status_code == 202


@values("reimagine_path", "reimagine reimagine/tailored/{model_id} both")
def test_v02_reimagine_path(value: str) -> None:
    """Structure reference lives at one path, at the other, or at both."""
    api = Studio(reimagine_path=value)
    body = {"prompt": "x", "structure_image_file": file()}
    inside = api.post(REIMAGINE, {**body, "tailored_model_id": api.first}).status_code
    outside = api.post(f"{REIMAGINE}/tailored/{api.first}", body).status_code
    assert (inside, outside) == {"reimagine": (200, 404), "both": (200, 200)}.get(value, (404, 200))


@values("v1_sync_default", "true false")
def test_v03_v1_sync_default(value: str) -> None:
    """Without `sync` the results are there at once, or come later."""
    api = Studio(v1_sync_default=value)
    url = api.draw().json()["result"][0]["urls"][0]
    assert (api.fetch(url).status_code == 200) == (value == "true")


@values("v1_pending_url", "404 403_xml 200_empty 202")
def test_v04_v1_pending_url(value: str) -> None:
    """A placeholder says in one of four ways that its file is not there yet, and then gives it."""
    api = Studio(v1_pending_url=value)
    url = api.draw(sync=False).json()["result"][0]["urls"][0]
    early = api.fetch(url)
    assert early.status_code == int(value[:3])
    assert early.headers.get("content-type") != "image/png" or early.content == b""
    api.wait(5)
    assert api.fetch(url).content


@values("v1_failed_async", "404_forever zero_byte 403_forever")
def test_v05_v1_failed_async(value: str) -> None:
    """The placeholder of a failed generation never has a picture."""
    api = Studio(v1_failed_async=value, generation_outcome="failed")
    url = api.draw(sync=False).json()["result"][0]["urls"][0]
    api.wait(3600)
    late = api.fetch(url)
    if value == "zero_byte":
        assert (late.status_code, late.content) == (200, b"")
    else:
        assert late.status_code == int(value[:3])


@values("v1_num_results_default", "1 4")
def test_v06_v1_num_results_default(value: str) -> None:
    """Without `num_results` there is one, or there are four."""
    api = Studio(v1_num_results_default=value)
    answer = api.post(f"/text-to-image/tailored/{api.first}", {"prompt": "x", "fast": True})
    assert len(answer.json()["result"]) == int(value)


@values("v1_range_error", "422_list 400_message 400_fields clamp")
def test_v07_v1_range_error(value: str) -> None:
    """A number out of range is refused in one of three shapes, or moved into the range; a wrong type is refused."""
    api = Studio(v1_range_error=value)
    answer = api.draw(num_results=9)
    if value == "clamp":
        assert len(answer.json()["result"]) == 4
    else:
        refused(answer, value)
    refused(api.draw(num_results="two"), "422_list" if value == "clamp" else value)


@values("fast_default", "by_training_version true false")
def test_v08_fast_default(value: str) -> None:
    """Without `fast` it depends on the model, or it is one of both; only what is fast gives three results."""
    api = Studio("light", "max", fast_default=value)
    many = tuple(api.draw(model=model, num_results=3).status_code == 200 for model in api.models)
    assert many == {"by_training_version": (True, False), "true": (True, True), "false": (False, False)}[value]


@values("fast_mismatch", "ignored 400_message 422_list")
def test_v09_fast_mismatch(value: str) -> None:
    """A max model that is to be fast draws all the same, or is refused."""
    answer = Studio("max", fast_mismatch=value).draw(fast=True)
    if value == "ignored":
        assert answer.status_code == 200
    else:
        refused(answer, value)


@values("slow_many_results", "400_message clamp_to_2 accepted")
def test_v10_slow_many_results(value: str) -> None:
    """Four slow results are refused, become two, or come."""
    answer = Studio("max", slow_many_results=value).draw(fast=False, num_results=4)
    if value == "400_message":
        refused(answer, value)
    else:
        assert len(answer.json()["result"]) == (4 if value == "accepted" else 2)


@values("seed_negative", "random 422_list literal")
def test_v11_seed_negative(value: str) -> None:
    """A seed of -1 stands for any, is refused, or is a seed."""
    api = Studio(seed_negative=value)
    if value == "422_list":
        refused(api.draw(seed=-1), value)
    else:
        assert (api.drawn(seed=-1) == api.drawn(seed=-1)) == (value == "literal")


@values("include_prefix_default", "true false")
def test_v12_include_prefix_default(value: str) -> None:
    """Without the switch the prefix is put in front, or not."""
    api = Studio(include_prefix_default=value)
    joined = api.drawn(prompt="A drawing of an elephant", include_generation_prefix=False)
    assert (api.drawn() == joined) == (value == "true")


@values("prefix_join", "concat_verbatim space comma_space")
def test_v13_prefix_join(value: str) -> None:
    """Between prefix and prompt stands nothing, a blank, or a comma and a blank."""
    api = Studio(prefix_join=value)
    between = {"concat_verbatim": "", "space": " ", "comma_space": ", "}[value]
    joined = api.drawn(prompt=f"A drawing of {between}an elephant", include_generation_prefix=False)
    assert api.drawn(include_generation_prefix=True) == joined


@values("influence_range", "0_to_1.5 0_to_1 unbounded")
def test_v14_influence_range(value: str) -> None:
    """The influence of the model goes to 1.5, to 1, or on and on."""
    api = Studio(influence_range=value)
    taken = [api.draw(model_influence=influence).status_code == 200 for influence in (1.0, 1.2, 5.0)]
    assert taken == {"0_to_1.5": [True, True, False], "0_to_1": [True, False, False]}.get(value, [True, True, True])


@values("bool_as_int", "accepted 422_list")
def test_v15_bool_as_int(value: str) -> None:
    """1 is taken for true, or refused; 2 never is."""
    api = Studio(bool_as_int=value)
    assert api.draw(fast=1).status_code == (200 if value == "accepted" else 422)
    refused(api.draw(fast=2), "422_list")


@values("generate_not_ready", "400_string 404 409_message 412_string")
def test_v16_generate_not_ready(value: str) -> None:
    """A model in training does not draw."""
    refused(Studio(status="InProgress", generate_not_ready=value).draw(), value)


@values("wrong_family_generate", "400_message 403_string 404 422_list")
def test_v17_wrong_family_generate(value: str) -> None:
    """A fibo model does not draw in v1, and a light one not in v2."""
    api = Studio("fibo", "light", wrong_family_generate=value)
    refused(api.draw(), value)
    refused(api.post(IMAGE, {"tailored_model_id": api.models[1], "prompt": "x"}), value)


@values("wrong_family_portrait", "400_message 422_list 200_poor")
def test_v18_wrong_family_portrait(value: str) -> None:
    """A max model at the portrait is refused, or draws badly."""
    api = Studio("max", wrong_family_portrait=value)
    answer = api.post(PORTRAIT, {"tailored_model_id": api.first, "id_image_file": file()})
    if value == "200_poor":
        assert answer.status_code == 200
    else:
        refused(answer, value)


@values("foreign_model", "403_string 404")
def test_v19_foreign_model(value: str) -> None:
    """The model of another organization is forbidden, or not there."""
    refused(Studio(foreign_model=value).draw(model=FOREIGN), value)


@values("deleted_model_generate", "404 403_string 400_string")
def test_v20_deleted_model_generate(value: str) -> None:
    """A deleted model does not draw."""
    api = Studio(deleted_model_generate=value)
    api.delete(f"/tailored-gen/models/{api.first}")
    refused(api.draw(), value)


@values("vector_format", "svg png zip")
def test_v21_vector_format(value: str) -> None:
    """The file of a vector result is SVG, PNG, or a zip."""
    api = Studio(vector_format=value)
    answer = api.fetch(api.draw(TO_VECTOR).json()["result"][0]["urls"][0])
    kind, start = {
        "svg": ("image/svg+xml", b"<svg"), "png": ("image/png", b"\x89PNG"), "zip": ("application/zip", b"PK"),
    }[value]  # fmt: skip
    assert answer.headers["content-type"] == kind
    assert answer.content.startswith(start)


@values("vector_on_photography", "400_message 422_list 200")
def test_v22_vector_on_photography(value: str) -> None:
    """A model of photographs draws no vectors, or does."""
    answer = Studio(medium="photography", vector_on_photography=value).draw(TO_VECTOR)
    if value == "200":
        assert answer.status_code == 200
    else:
        refused(answer, value)


@values("moderation_partial", "omitted blocked_object 422_all")
def test_v23_moderation_partial(value: str) -> None:
    """A blocked result is left out, told, or ends the request."""
    answer = Studio(moderation_partial=value).draw(prompt="borderline", num_results=2, content_moderation=True)
    if value == "422_all":
        refused(answer, "422_message")
    else:
        urls = [len(entry["urls"]) for entry in answer.json()["result"]]
        assert urls == ([1] if value == "omitted" else [0, 1])


@values("moderation_async", "zero_byte 404_forever")
def test_v24_moderation_async(value: str) -> None:
    """The placeholder of a blocked result gives nothing, or is never there; the other one is."""
    api = Studio(moderation_async=value)
    answer = api.draw(prompt="borderline", num_results=2, content_moderation=True, sync=False)
    api.wait(5)
    first, second = (api.fetch(entry["urls"][0]) for entry in answer.json()["result"])
    assert first.status_code == (200 if value == "zero_byte" else 404)
    assert first.content == b"" or first.status_code == 404
    assert second.content


@values("moderation_error_shape", "ErrMessage ErrErrorString ErrPydanticList ErrDetail")
def test_v25_moderation_error_shape(value: str) -> None:
    """The 422 of moderation names the field, in one of four shapes."""
    answer = Studio(moderation_error_shape=value).draw(prompt="something unsafe")
    shape = {"ErrMessage": "message", "ErrErrorString": "error", "ErrPydanticList": "list", "ErrDetail": "detail"}
    rejects(answer, 422, shape[value])
    assert "prompt" in answer.text


@values("restyle_reply", "image_res result_urls")
def test_v26_restyle_reply(value: str) -> None:
    """The portrait's address stands under one key, or where other operations have it."""
    api = Studio(restyle_reply=value)
    document = api.post(PORTRAIT, {"tailored_model_id": str(api.first), "id_image_file": file()}).json()
    url = document["image_res"] if value == "image_res" else document["result"][0]["urls"][0]
    assert api.fetch(url).status_code == 200


@values("restyle_no_face", "200 422_message 400_message")
def test_v27_restyle_no_face(value: str) -> None:
    """A small portrait is drawn, or refused; a large one is drawn."""
    api = Studio(restyle_no_face=value)
    body = {"tailored_model_id": api.first, "id_image_file": file()}
    answer = api.post(PORTRAIT, body)
    if value == "200":
        assert answer.status_code == 200
    else:
        refused(answer, value)
    assert api.post(PORTRAIT, {**body, "id_image_file": file(600, 500)}).status_code == 200


@values("medium_on_tailored", "ignored honoured 422_list")
def test_v28_medium_on_tailored(value: str) -> None:
    """`medium` changes nothing, changes the picture, or is refused."""
    api = Studio(medium_on_tailored=value)
    if value == "422_list":
        refused(api.draw(medium="art"), value)
    else:
        assert (api.drawn(medium="art") == api.drawn()) == (value == "ignored")


@values("image_prompt_with_controlnet", "allowed 400_message")
def test_v29_image_prompt_with_controlnet(value: str) -> None:
    """An image prompt goes beside a guidance method, or does not."""
    answer = Studio(image_prompt_with_controlnet=value).draw(
        guidance_method_1="controlnet_canny",
        guidance_method_1_image_file=file(),
        image_prompt_mode="regular",
        image_prompt_file=file(),
    )
    assert answer.status_code == (200 if value == "allowed" else 400)


@values("v1_request_id", "absent present")
def test_v30_v1_request_id(value: str) -> None:
    """A v1 answer may hold the id of a request, of which the status service knows nothing."""
    api = Studio(v1_request_id=value)
    document = api.draw().json()
    assert ("request_id" in document) == (value == "present")
    if value == "present":
        assert api.get(document["status_url"]).json() == {"status": "NOT_FOUND"}


@values("v2_sync_shape", "nested flat")
@pytest.mark.parametrize("path", [IMAGE, STRUCTURED])
def test_v31_v2_sync_shape(value: str, path: str) -> None:
    """What was waited for stands in `result`, or at the top."""
    api = Studio("fibo", v2_sync_shape=value)
    document = api.post(path, {"tailored_model_id": api.first, "prompt": "x", "sync": True}).json()
    assert "structured_prompt" in (document["result"] if value == "nested" else document)


@values("status_seed_type", "integer string")
def test_v32_status_seed_type(value: str) -> None:
    """The seed is a number, or its digits."""
    found = Studio("fibo", status_seed_type=value).job(seed=7)["result"]["seed"]
    assert found == (7 if value == "integer" else "7")


@values("status_http_running", "200 202")
def test_v33_status_http_running(value: str) -> None:
    """The status of a running job has one of two HTTP statuses."""
    api = Studio("fibo", status_http_running=value)
    begun = api.post(IMAGE, {"tailored_model_id": api.first, "prompt": "x"}).json()
    running = api.get(begun["status_url"])
    assert (running.status_code, running.json()["status"]) == (int(value), "IN_PROGRESS")


@values("status_case_reply", "upper lower")
def test_v34_status_case_reply(value: str) -> None:
    """The status is written in capitals, or not."""
    assert Studio("fibo", status_case_reply=value).job()["status"] == ("COMPLETED" if value == "upper" else "completed")


@values("status_ttl", "never_expires 3d 24h")
def test_v35_status_ttl(value: str) -> None:
    """A job is known for ever, for three days, or for one."""
    api = Studio("fibo", status_ttl=value)
    url = api.post(IMAGE, {"tailored_model_id": api.first, "prompt": "x"}).json()["status_url"]
    known = []
    for _ in range(2):
        api.wait(36 * 3600)
        known.append(api.get(url).status_code)
    api.wait(3600)
    assert [*known, api.get(url).status_code] == {
        "never_expires": [200, 200, 200], "3d": [200, 200, 404], "24h": [404, 404, 404],
    }[value]  # fmt: skip


@values("status_error_code_type", "integer string")
def test_v36_status_error_code_type(value: str) -> None:
    """The code of a failed job is a number, or its digits."""
    document = Studio("fibo", status_error_code_type=value, generation_outcome="failed").job()
    assert document["status"] == "ERROR"
    assert document["error"]["code"] == (500 if value == "integer" else "500")


@values("result_url_form", "cloudfront_signed plain s3_presigned")
def test_v37_result_url_form(value: str) -> None:
    """The address of a result is signed in one of two ways, or not."""
    url = Studio(result_url_form=value).draw().json()["result"][0]["urls"][0]
    mark = {"cloudfront_signed": "Key-Pair-Id=", "s3_presigned": "X-Amz-Signature=", "plain": ".png"}[value]
    assert mark in url
    assert ("?" in url) == (value != "plain")


@values("v1_result_ttl", "3d 1h org_policy")
def test_v38_v1_result_ttl(value: str) -> None:
    """A v1 result is kept for three days, an hour, or thirty days."""
    api = Studio(v1_result_ttl=value)
    url = api.draw().json()["result"][0]["urls"][0]
    found = []
    for hours in (2, 4 * 24, 30 * 24):
        api.wait(hours * 3600)
        found.append(api.fetch(url).status_code)
    assert found == {"1h": [403, 403, 403], "3d": [200, 403, 403], "org_policy": [200, 200, 403]}[value]


@values("webhook_on_generation", "ignored honoured 400")
def test_v39_webhook_on_generation(value: str) -> None:
    """A `webhook_url` is taken or ignored (an empty one shows which), or refused."""
    api = Studio("fibo", webhook_on_generation=value)
    body = {"tailored_model_id": api.first, "prompt": "x", "webhook_url": "https://hooks.invalid/x"}
    assert api.post(IMAGE, body).status_code == (400 if value == "400" else 202)
    assert api.post(IMAGE, {**body, "webhook_url": ""}).status_code == (202 if value == "ignored" else 400)


@values("structured_without_seed", "400_message random_seed")
def test_v40_structured_without_seed(value: str) -> None:
    """A structured prompt alone needs a seed, or gets one."""
    api = Studio("fibo", structured_without_seed=value)
    answer = api.post(IMAGE, {"tailored_model_id": api.first, "structured_prompt": "{}"})
    if value == "random_seed":
        assert answer.status_code == 202
    else:
        refused(answer, value)


@values("v2_model_key", "tailored_model_id_only both")
def test_v41_v2_model_key(value: str) -> None:
    """`model_id` names the model too, or nothing."""
    api = Studio("fibo", v2_model_key=value)
    answer = api.post(IMAGE, {"model_id": str(api.first), "prompt": "x"})
    assert answer.status_code == (202 if value == "both" else 400)


@values("video_model_family", "any fibo_only")
def test_v42_video_model_family(value: str) -> None:
    """A video is made of images of any model, or of fibo models alone."""
    api = Studio("light", video_model_family=value)
    answer = api.post(VIDEO, {"tailored_model_id": api.first, "image": file()})
    assert answer.status_code == (202 if value == "any" else 400)


@values("checkpoint_unknown", "404_string 400_string falls_back")
def test_v43_checkpoint_unknown(value: str) -> None:
    """An unknown checkpoint is refused, or the active one is taken."""
    api = Studio("bria-3.2", checkpoint_unknown=value)
    answer = api.post(f"/text-to-image/tailored/{api.first}/700", {"prompt": "x"})
    if value == "falls_back":
        assert answer.status_code == 200
    else:
        refused(answer, value)


@values("guidance_ratio_mismatch", "400_message resized")
def test_v44_guidance_ratio_mismatch(value: str) -> None:
    """Two guidance images of differing ratio are refused, or one is resized."""
    answer = Studio(guidance_ratio_mismatch=value).draw(
        guidance_method_1="controlnet_canny",
        guidance_method_1_image_file=file(),
        guidance_method_2="controlnet_depth",
        guidance_method_2_image_file=file(64, 32),
    )
    if value == "resized":
        assert answer.status_code == 200
    else:
        refused(answer, value)


@values("guidance_gap", "400_message ignored")
def test_v45_guidance_gap(value: str) -> None:
    """The second method without the first is refused, or ignored."""
    api = Studio(guidance_gap=value)
    fields: Json = {"guidance_method_2": "controlnet_canny", "guidance_method_2_image_file": file()}
    if value == "400_message":
        refused(api.draw(**fields), value)
    else:
        assert api.draw(**fields).status_code == 200
