"""An address in a caption may be signed: no form of a report prints what comes behind its question mark."""

import json

import pytest

from reconciler.core.change import FieldChange, Origin
from reconciler.core.content_change import ImageChange, ImageEffect, KeptCaption, LostCaption
from reconciler.core.plan import Plan
from reconciler.core.problem import Location
from reconciler.doctor.finding import DatasetDiagnosis, Diagnosis, breach
from reconciler.render.address import unsigned
from reconciler.render.doctor import doctor_view
from reconciler.render.text import render_text
from tests.render import sample
from tests.render.printed import render_html, render_markdown, render_report_json, render_screen

DIGEST = "5f2c91aa" + "0" * 56
SIGNED = "see https://cdn.example/y.png?X-Amz-Signature=SECRET for more."
RESIGNED = "see https://cdn.example/y.png?X-Amz-Signature=SECRET2 for more."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://x/y.png?sig=SECRET", "https://x/y.png?…"),
        ("https://x/y#SECRET and http://z?SECRET.", "https://x/y?… and http://z?…"),
        ("what? nothing", "what? nothing"),
        ("(https://x/y?c=d) e", "(https://x/y?… e"),
        ("s3+x://a?b", "s3+x://a?…"),
        ("https://x/y.png", "https://x/y.png"),
    ],
)
def test_the_query_goes_and_a_second_time_changes_nothing(text: str, shown: str) -> None:
    assert unsigned(text) == shown
    assert unsigned(unsigned(text)) == shown
    assert unsigned(f"[-{unsigned(text)}-]") == f"[-{shown}-]"


def signed() -> Plan:
    """Signed addresses wherever a person can have written one."""
    images = (
        sample.added("a.png", caption=SIGNED),
        ImageChange(effect=ImageEffect.REMOVED, name="b.png", key="b", hand_written=True, caption=SIGNED),
    )
    captions = (
        LostCaption(key="c", name="c.png", before=SIGNED, after=RESIGNED),
        LostCaption(key="d", name="d.png", before="words " * 450 + SIGNED, after=SIGNED),
        LostCaption(key="e", name="e.png", before=SIGNED, after=SIGNED.replace(" ", "  ")),
    )
    guide = FieldChange(path="caption_prefix", before=SIGNED, after=f"{SIGNED} Again,")
    kept = (KeptCaption(key="f", name="f.png", text=SIGNED, version=1),)
    change = sample.dataset(images=images, captions=captions, kept=kept, guide=(guide,), origin=Origin.CLONE)
    return sample.plan(changes=(change, sample.project(fields=(FieldChange(path="x", before=None, after=SIGNED),))))


@pytest.mark.parametrize(
    "text",
    [
        render_screen(signed(), digest=DIGEST),
        render_markdown(signed(), digest=DIGEST),
        render_html(signed(), digest=DIGEST),
        str(json.loads(render_report_json(signed(), digest=DIGEST))),
    ],
    ids=["text", "markdown", "html", "json"],
)
def test_no_report_prints_a_signature(text: str) -> None:
    assert "https://cdn.example/y.png?…" in text
    assert "SECRET" not in text


def test_nor_does_the_doctor() -> None:
    finding = breach("caption-end", Location("m/a.txt"), "no full stop", f'"{SIGNED}"', images=["a.png"])
    dataset = DatasetDiagnosis(ref=sample.DATASET, location=Location("m/0.yaml"), prefix="", findings=(finding,))
    text = render_text(doctor_view(Diagnosis(datasets=(dataset,))))
    assert "https://cdn.example/y.png?…" in text
    assert "SECRET" not in text
