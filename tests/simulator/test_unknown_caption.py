"""Undocumented behaviours of captions: every value of every switch."""

from collections.abc import Callable

from tests.simulator.outsider import Account, captions, draft, image_of, picture, raw64, rejects
from tests.simulator.unknown import values


@values("caption_timing", "inline delayed delayed_pending")
def test_u13_caption_timing(value: str) -> None:
    """An upload's caption is there at once, or five seconds later, in between null and perhaps pending."""
    api = Account(caption_timing=value)
    path = draft(api, "red")
    image = api.get(image_of(api, path)).json()
    assert (image["caption"] is None) == (value != "inline")
    assert image["caption_source"] == {"inline": "automatic", "delayed": None, "delayed_pending": "pending"}[value]
    api.wait(5)
    after = api.get(image_of(api, path)).json()
    assert after["caption"].endswith(".")
    assert after["caption_source"] == "automatic"


def test_u13_late_captions_pass_over_what_is_gone() -> None:
    """A late caption finds its image, or even its dataset, deleted, and does nothing."""
    api = Account(caption_timing="delayed")
    path = draft(api, "red", "green")
    api.delete(image_of(api, path))
    api.delete(path)
    api.wait(5)
    rejects(api.get(path), 404)


@values("caption_failure", "never null_caption 500")
def test_u14_caption_failure(value: str) -> None:
    """A failing captioner leaves the image without a caption, perhaps answering 500; regenerating helps."""
    api = Account(caption_failure=value)
    path = draft(api)
    answer = api.post(f"{path}/images", {"file": raw64(picture())})
    assert answer.status_code == (500 if value == "500" else 201)
    api.wait(60)
    assert (captions(api, path) == [None]) == (value != "never")
    assert api.put(image_of(api, path), {"regenerate_caption": True}).json()["caption"].endswith(".")


@values("regen_while_running", "202_same 409 429")
def test_u15_regen_while_running(value: str) -> None:
    """A second regeneration meanwhile is the same one, or refused."""
    api = Account(regen_while_running=value)
    path = draft(api, "red")
    api.put(f"{path}/images")
    api.wait(1)
    assert api.put(f"{path}/images").status_code == int(value[:3])
    api.wait(1.2)
    assert api.get(path).json()["captions_update_status"] == "completed"


@values("write_during_regen", "allowed 409 lost_update")
def test_u16_write_during_regen(value: str) -> None:
    """Writes while captions are regenerated last, are refused, or are undone when the run ends."""
    api = Account(write_during_regen=value)
    path = draft(api, "red", "green")
    image = image_of(api, path)
    before = api.get(path).json()["caption_prefix"]
    api.put(f"{path}/images")
    expected = 409 if value == "409" else 200
    assert api.put(image, {"caption": "by hand."}).status_code == expected
    assert api.put(path, {"caption_prefix": "A cat, "}).status_code == expected
    assert api.post(f"{path}/images", {"file": raw64(picture("blue"))}).status_code == (409 if value == "409" else 201)
    assert api.put(path, {"name": "Free"}).status_code == 200
    if value == "409":
        rejects(api.delete(image), 409)
    api.wait(10)
    assert (captions(api, path)[0] == "by hand.") == (value == "allowed")
    assert (api.get(path).json()["caption_prefix"] == before) == (value != "allowed")


@values("complete_during_regen", "allowed 409")
def test_u17_complete_during_regen(value: str) -> None:
    """Completing while captions are regenerated works, and the run goes on, or is refused."""
    api = Account(complete_during_regen=value)
    path = draft(api, "red")
    api.put(path, {"caption_prefix": "A cat, "})
    before = captions(api, path)
    api.put(f"{path}/images")
    assert api.put(path, {"status": "completed"}).status_code == (200 if value == "allowed" else 409)
    api.wait(10)
    assert captions(api, path) != before
    assert api.put(path, {"status": "completed"}).status_code == 200


@values("regen_overwrites_manual", "all automatic_only")
def test_u18_regen_overwrites_manual(value: str) -> None:
    """A regeneration replaces manual captions or leaves them."""
    api = Account(regen_overwrites_manual=value)
    path = draft(api, "red")
    api.put(image_of(api, path), {"caption": "by hand."})
    api.put(f"{path}/images")
    api.wait(10)
    assert (captions(api, path) == ["by hand."]) == (value == "automatic_only")


@values("regen_on_completed", "409 202")
def test_u19_regen_on_completed(value: str) -> None:
    """Regenerating the captions of a completed dataset is refused, or works."""
    api = Account(regen_on_completed=value)
    path = draft(api, "red")
    api.put(path, {"status": "completed"})
    assert api.put(f"{path}/images").status_code == int(value)


@values("regen_empty", "202_completed 400 409")
def test_u20_regen_empty(value: str) -> None:
    """Regenerating nothing is completed at once, or refused."""
    api = Account(regen_empty=value)
    path = draft(api)
    assert api.put(f"{path}/images").status_code == int(value[:3])
    status = api.get(path).json()["captions_update_status"]
    assert status == ("completed" if value == "202_completed" else "empty")


@values("regen_outcome", "completed stuck_in_progress completed_partial")
def test_u21_regen_outcome(value: str) -> None:
    """A regeneration ends with all captions, with half of them, or never."""
    api = Account(regen_outcome=value)
    path = draft(api, "red", "green")
    before = captions(api, path)
    api.put(path, {"caption_prefix": "A cat, "})
    api.put(f"{path}/images")
    api.wait(24 * 3600)
    status = api.get(path).json()["captions_update_status"]
    changed = sum(old != new for old, new in zip(before, captions(api, path), strict=True))
    assert (status, changed) == {
        "completed": ("completed", 2),
        "stuck_in_progress": ("in_progress", 0),
        "completed_partial": ("completed", 1),
    }[value]


@values("regen_status_reset", "keep empty")
def test_u22_regen_status_reset(value: str) -> None:
    """After a regeneration, an upload or a new prefix keeps the status `completed` or resets it to `empty`."""
    api = Account(regen_status_reset=value)
    path = draft(api, "red")
    expected = "completed" if value == "keep" else "empty"
    writes: tuple[Callable[[], object], ...] = (
        lambda: api.put(path, {"caption_prefix": "A cat, "}),
        lambda: api.post(f"{path}/images", {"file": raw64(picture("blue"))}),
    )
    for write in writes:
        api.put(f"{path}/images")
        api.wait(10)
        assert api.put(path, {"name": "Same"}).json()["captions_update_status"] == "completed"
        write()
        assert api.get(path).json()["captions_update_status"] == expected


def test_regeneration_without_duration() -> None:
    """A regeneration that takes no time is completed when the next request comes."""
    api = Account(regeneration_seconds="0", regeneration_seconds_per_image="0")
    path = draft(api, "red")
    api.put(f"{path}/images")
    assert api.get(path).json()["captions_update_status"] == "completed"


def test_regeneration_of_a_deleted_dataset() -> None:
    """A regeneration ends with its dataset."""
    api = Account()
    path = draft(api, "red", "green")
    api.put(f"{path}/images")
    api.delete(image_of(api, path))
    api.delete(path)
    api.wait(10)
    rejects(api.get(path), 404)


@values("prefix_normalize", "verbatim strip ensure_trailing_space")
def test_u23_prefix_normalize(value: str) -> None:
    """A prefix is stored as sent, stripped, or with a space at its end."""
    api = Account(prefix_normalize=value)
    path = draft(api)
    expected = {
        "verbatim": [" A cat,", "A cat, "],
        "strip": ["A cat,", "A cat,"],
        "ensure_trailing_space": [" A cat, ", "A cat, "],
    }[value]
    for sent, stored in zip([" A cat,", "A cat, "], expected, strict=True):
        assert api.put(path, {"caption_prefix": sent}).json()["caption_prefix"] == stored


@values("text_limits", "none 400_over_limit")
def test_u24_text_limits(value: str) -> None:
    """Long prefixes and captions are stored whole, or refused; empty and foreign ones are always stored."""
    api = Account(text_limits=value)
    path = draft(api, "red")
    expected = 200 if value == "none" else 400
    assert api.put(path, {"caption_prefix": "a" * 1001}).status_code == expected
    assert api.put(image_of(api, path), {"caption": "a" * 1001}).status_code == expected
    for text in ("a" * 1000, "", "Zoë 象, "):
        assert api.put(path, {"caption_prefix": text}).json()["caption_prefix"] == text


@values("prefix_reply", "prefix caption_prefix generation_prefix")
def test_u64_prefix_reply(value: str) -> None:
    """A suggested prefix comes under one of three keys."""
    body = {"ip_type": "stylized_scene", "ip_medium": "photography", "images": [raw64(picture())]}
    answer = Account(prefix_reply=value).post("/tailored-gen/generate_prefix", body)
    assert answer.json().keys() == {value}


@values("complete_with_null_captions", "409 200")
def test_u67_complete_with_null_captions(value: str) -> None:
    """A dataset with an image that has no caption cannot be completed, or can."""
    api = Account(complete_with_null_captions=value, caption_timing="delayed")
    path = draft(api, "red")
    assert api.put(path, {"status": "completed"}).status_code == int(value)
    api.wait(5)
    assert api.put(path, {"status": "completed"}).status_code == 200


@values("late_caption_wins", "no yes")
def test_u75_late_caption_wins(value: str) -> None:
    """A late automatic caption leaves a manual one alone, or replaces it."""
    api = Account(late_caption_wins=value, caption_timing="delayed")
    path = draft(api, "red")
    api.put(image_of(api, path), {"caption": "by hand."})
    api.wait(5)
    assert (captions(api, path) == ["by hand."]) == (value == "no")
