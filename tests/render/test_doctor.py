"""A diagnosis as text, JSON and a contact sheet; whatever is in it, it stays words."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from reconciler.core.manifest.image import Flaw, ImageFile
from reconciler.core.problem import Location, Problem
from reconciler.doctor.finding import DatasetDiagnosis, Diagnosis, Finding, Waived, breach
from reconciler.doctor.rules import Grade
from reconciler.render.doctor import counted, doctor_json, doctor_view
from reconciler.render.html.doctor_sheet import contact_sheet, pictured
from reconciler.render.text import render_text
from tests.doctor.build import HERE, POSES, PREFIX, caption, picture, pointer

WEBP = b"RIFF\x04\x00\x00\x00WEBP"
HOSTILE = '<script>alert(1)</script> " onerror="x \x1b[2J ::error::x \u202e ![](http://evil/?t=1)'


def place(name: str) -> Location:
    return Location(f"m/images/{name}")


def blurred(name: str, detail: str = "Blur 0.80; sharp pictures have less than 0.6.") -> Finding:
    return breach("image-blurred", place(name), "this image is out of focus", detail, images=[name])


def judged(
    *findings: Finding, images: tuple[ImageFile, ...] = (picture("a.png"),), **fields: object
) -> DatasetDiagnosis:
    return DatasetDiagnosis(ref=POSES, location=HERE, prefix=PREFIX, images=images, findings=findings, **fields)  # type: ignore[arg-type]


def text(*datasets: DatasetDiagnosis, problems: tuple[Problem, ...] = ()) -> str:
    return render_text(doctor_view(Diagnosis(datasets=datasets, problems=problems)))


def test_where_nothing_was_found_two_lines_say_so() -> None:
    assert text(judged()) == "dataset/poses  1 image, nothing found\n\nNothing found.\n"


def test_findings_of_one_rule_stand_below_each_other_and_what_to_do_once() -> None:
    assert text(judged(blurred("a.png"), blurred("b.png"))) == (
        "dataset/poses  1 image, 2 findings\n\n"
        "warning: this image is out of focus  [image-blurred]\n"
        "    m/images/a.png  Blur 0.80; sharp pictures have less than 0.6.\n"
        "    m/images/b.png  Blur 0.80; sharp pictures have less than 0.6.\n"
        "    Use a sharper picture, unless softness is the style.\n\n"
        "2 warnings.\n"
        "`waive` in the manifest of the dataset accepts a finding, with a reason; see docs/doctor.md.\n"
    )


def test_findings_that_say_the_same_stand_together_whatever_stands_between() -> None:
    """The advice is given once."""
    other = breach("image-blurred", place("b.png"), "this image is a little soft", images=["b.png"])
    printed = text(judged(blurred("a.png"), other, blurred("c.png")))
    assert printed.count("warning: this image is out of focus") == 1
    assert printed.index("c.png") < printed.index("a little soft")


def test_what_to_do_about_a_rule_is_said_once_in_a_report() -> None:
    """Whatever the words of its findings are, and in however many datasets; another remedy of the rule is said too."""
    other = breach("image-blurred", place("b.png"), "this image is a little soft", images=["b.png"])
    own = Finding(rule="image-blurred", grade=Grade.WARNING, location=place("c.png"), summary="c", remedy="Restore c.")
    printed = text(judged(blurred("a.png"), other), judged(blurred("d.png"), own))
    assert printed.count("Use a sharper picture, unless softness is the style.") == 1
    assert printed.count("Restore c.") == 1


def test_a_page_says_once_what_to_do_about_a_rule() -> None:
    """At its top where several findings share it, else with the finding."""
    images = (picture("a.png"), picture("b.png"))
    own = breach("image-cropped", place("a.png"), "lost", images=["a.png"])
    page = contact_sheet(Diagnosis(datasets=(judged(blurred("a.png"), blurred("b.png"), own, images=images),)), {})
    assert page.count("Use a sharper picture, unless softness is the style.") == 1
    assert page.index("Use a sharper picture") < page.index('class="dataset"') < page.index("See on the contact sheet")


def test_two_equal_files_are_told_of_beside_both() -> None:
    """Not as a finding about the whole: each of the two frames has it."""
    images = (picture("a.png"), picture("b.png"), picture("c.png"))
    double = Finding(
        rule="image-double",
        grade=Grade.ERROR,
        location=place("b.png"),
        summary="two files hold the same image",
        images=("a.png", "b.png"),
    )
    page = contact_sheet(Diagnosis(datasets=(judged(double, images=images),)), {})
    assert page.count("two files hold the same image") == 2
    assert 'class="whole"' not in page
    assert "(a.png, b.png)" not in text(judged(double, images=images))


def test_findings_about_the_whole_name_their_images() -> None:
    unseen = breach("images-unseen", HERE, "1 image could not be looked at", images=["a.png"])
    same = Finding(rule="odd", grade=Grade.ERROR, location=HERE, summary="odd", images=("a.png", "b.png"))
    printed = text(judged(unseen, same))
    assert "    m/0.yaml:3:1  (a.png)\n" in printed
    assert "    m/0.yaml:3:1  (a.png, b.png)\n" in printed
    assert printed.endswith("1 problem, 1 warning.\n" + printed.splitlines()[-1] + "\n")


def test_problems_alone_cannot_be_waived_and_nothing_is_said_of_it() -> None:
    problem = Problem(rule="manifest-key", location=HERE, summary='unknown key "x"')
    assert text(problems=(problem,)) == 'm/0.yaml:3:1  unknown key "x"\n\n1 problem.\n'


def test_waived_findings_are_listed_by_rule_with_reason_and_day() -> None:
    waived = (
        Waived(finding=blurred("a.png"), reason="on purpose", until="2027-01-31"),
        Waived(finding=blurred("b.png"), reason="on purpose", until="2027-01-31"),
        Waived(finding=breach("prefix-end", HERE, "ends"), reason="a slogan"),
    )
    assert text(judged(waived=waived)) == (
        "dataset/poses  1 image, nothing found, 3 waived\n\n"
        "waived:\n"
        "    image-blurred  m/images/a.png, m/images/b.png: on purpose (until 2027-01-31)\n"
        "    prefix-end  m/0.yaml:3:1: a slogan\n\n"
        "Nothing found, 3 waived.\n"
    )


def of(number: int, *findings: Finding) -> DatasetDiagnosis:
    return DatasetDiagnosis(
        ref=replace(POSES, name=f"d{number}"), location=Location(f"m/{number}.yaml"), prefix=PREFIX, findings=findings
    )


def few(number: int) -> Finding:
    """What may be found in every dataset, with a number of its own."""
    return breach("prefix-end", Location(f"m/{number}.yaml"), f"{number} images for training_version light")


def test_what_thousands_of_datasets_share_is_told_once() -> None:
    """With the number and the first places; a dataset with more to say stands below. JSON has all."""
    datasets = [of(number, few(number)) for number in range(5000)]
    datasets[7] = of(7, few(7), blurred("a.png"))
    diagnosis = Diagnosis(datasets=tuple(datasets))
    printed = " ".join(render_text(doctor_view(diagnosis)).split())
    assert printed.count("images for training_version light") == 1
    assert "in 5,000 datasets: dataset/d0, dataset/d1, dataset/d2 and 4,997 more" in printed
    assert printed.count("this image is out of focus") == 1
    assert "4,999 further datasets: nothing else found." in printed
    page = contact_sheet(diagnosis, {})
    assert page.count("images for training_version light") == 1
    assert "In 5,000 datasets: dataset/d0, dataset/d1, dataset/d2 and 4,997 more" in page
    assert doctor_json(diagnosis).count("images for training_version light") == 5000


def test_a_few_datasets_say_each_for_itself() -> None:
    """Five that say the same are no crowd."""
    printed = text(*(of(number, few(number)) for number in range(5)))
    assert printed.count("images for training_version light") == 5


def test_of_thousands_of_images_the_first_are_listed() -> None:
    """The words once, then where the first ones are."""
    printed = text(judged(*(blurred(f"{number}.png") for number in range(3000))))
    assert printed.count("m/images/") == 20
    assert "… and 2,980 more (`reconciler doctor --format json` lists all)" in printed


def test_everything_is_counted() -> None:
    advice = breach("prefix-end", HERE, "ends")
    error = Finding(rule="image-small", grade=Grade.ERROR, location=HERE, summary="small")
    diagnosis = Diagnosis(datasets=(judged(error, blurred("a.png"), blurred("b.png"), advice),))
    assert counted(diagnosis) == "1 problem, 2 warnings, 1 piece of advice"


def test_json_has_every_field_and_is_ascii() -> None:
    waived = Waived(finding=blurred("b.png", "Ünschärfe"), reason="so", until=None)
    problem = Problem(rule="manifest-key", location=HERE, summary="unknown key", remedy="Remove it.")
    printed = doctor_json(Diagnosis(datasets=(judged(blurred("a.png"), waived=(waived,)),), problems=(problem,)))
    assert printed.isascii()
    told = json.loads(printed)
    (dataset,) = told["datasets"]
    assert (dataset["ref"], dataset["images"]) == ("dataset/poses", 1)
    assert dataset["findings"] == [
        {
            "rule": "image-blurred",
            "severity": "warning",
            "path": "m/images/a.png",
            "line": None,
            "column": None,
            "images": ["a.png"],
            "summary": "this image is out of focus",
            "detail": "Blur 0.80; sharp pictures have less than 0.6.",
            "remedy": "Use a sharper picture, unless softness is the style.",
        }
    ]
    assert (dataset["waived"][0]["reason"], dataset["waived"][0]["until"]) == ("so", None)
    assert told["problems"][0]["line"] == 3
    assert (told["errors"], told["warnings"], told["advice"]) == (1, 1, 0)


def sheet(*datasets: DatasetDiagnosis, problems: tuple[Problem, ...] = ()) -> str:
    diagnosis = Diagnosis(datasets=datasets, problems=problems)
    return contact_sheet(diagnosis, {image.digest: WEBP for image in pictured(diagnosis) if image.has_content})


class Reader(HTMLParser):
    """The elements of a page and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_sheet_shows_each_image_with_what_was_found_about_it() -> None:
    images = (picture("a.png", 1536, 1024), picture("b.png"), pointer("c.png"), picture("d.png", facts=None))
    flawed = picture("e.png", facts=None, flaw=Flaw(rule="image-cut", summary="cut"))
    page = sheet(
        judged(
            blurred("b.png"),
            breach("prefix-end", HERE, "the prefix ends a sentence"),
            images=(*images, flawed),
            captions=(caption("waving.", "b.png"),),
            waived=(
                Waived(finding=blurred("a.png"), reason="on purpose", until="2027-01-31"),
                Waived(finding=breach("images-alike", HERE, "much of the same"), reason="few pictures"),
            ),
        )
    )
    assert page.index("To look at") < page.index("b.png") < page.index("Nothing found <") < page.index("a.png")
    assert '<span class="kept" style="width: 67%; height: 67%">' in page
    assert "33 % lost" in page
    assert "needs the image: git lfs pull" in page
    assert "on purpose (until 2027-01-31)" in page
    assert "few pictures" in page
    assert page.count(f'<span class="prefix">{PREFIX}</span>') == 1


def test_what_can_not_be_shown_says_why() -> None:
    diagnosis = Diagnosis(datasets=(judged(images=(picture("a.png"), picture("b.png", facts=None))),))
    page = contact_sheet(diagnosis, {})
    assert "cannot be shown" in page
    assert "is no image that can be uploaded" in page


def test_a_detail_that_only_quotes_the_caption_is_not_said_again() -> None:
    quoting = breach("caption-end", HERE, "does not end", '"waving"', images=["a.png"])
    page = sheet(judged(quoting, captions=(caption("waving", "a.png"),)))
    assert "does not end:" not in page
    assert "does not end:" in sheet(judged(quoting))


def test_problems_of_the_manifests_stand_first() -> None:
    problem = Problem(rule="manifest-key", location=HERE, summary="unknown key", detail="So.", remedy="Try `x`.")
    page = sheet(judged(), problems=(problem, Problem(rule="manifest-none", location=HERE, summary="none")))
    assert page.index("unknown key: So.") < page.index("dataset/poses")
    assert "Try <code>x</code>." in page


def test_only_so_many_pictures_are_shown_and_those_with_findings_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.render.html.doctor_sheet.PICTURES", 2)
    images = tuple(picture(f"{name}.png") for name in "abc")
    diagnosis = Diagnosis(datasets=(judged(blurred("c.png"), images=images),))
    assert [image.name for image in pictured(diagnosis)] == ["c.png", "a.png"]
    page = contact_sheet(diagnosis, {image.digest: WEBP for image in images})
    assert page.count("<img ") == 2
    assert page.count("<figure ") == 3
    assert "one page shows 2 pictures" in page


def test_hostile_words_stay_words() -> None:
    image = picture(f"{HOSTILE}.png")
    finding = Finding(
        rule=HOSTILE,
        grade=Grade.ERROR,
        location=place(HOSTILE),
        summary=HOSTILE,
        detail=HOSTILE,
        remedy=HOSTILE,
        images=(image.name,),
    )
    whole = Finding(rule=HOSTILE, grade=Grade.ADVICE, location=HERE, summary=HOSTILE, detail=HOSTILE)
    made = judged(
        finding,
        whole,
        images=(image,),
        captions=(caption(HOSTILE, image.name),),
        waived=(Waived(finding=finding, reason=HOSTILE, until=HOSTILE),),
    )
    page = sheet(made, problems=(Problem(rule=HOSTILE, location=HERE, summary=HOSTILE),))
    tags = Reader(page).tags
    allowed = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "section",
        "h1",
        "h2",
        "h3",
        "p",
        "div",
        "span",
    }
    assert {tag for tag, _ in tags} <= allowed | {"figure", "figcaption", "img", "q", "b", "code", "footer"}
    for _, attributes in tags:
        assert not any(name.startswith("on") or name == "href" for name in attributes)
        assert (attributes.get("src") or "data:image/webp;base64,").startswith("data:image/webp;base64,")
    assert re.findall(r"style=\"[^\"]*\"", page) == []
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", page)
    printed = text(made)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", printed)
    assert not any(line.lstrip().startswith("::") for line in printed.splitlines())
    policy = next(attributes["content"] for tag, attributes in tags if tag == "meta" and "http-equiv" in attributes)
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
