"""The page docs/doctor.md, made from the table of rules."""

from collections.abc import Iterator

from reconciler.doctor.rules import RULES, FoundBy, Grade, Rule, Subject

_INTRODUCTION = """\
# The dataset doctor

<!-- Made from reconciler/doctor/rules.py by `pytest tests/doctor --update-golden`; edit that. -->

`reconciler doctor` looks at the images and captions of your datasets before anything is uploaded, as a photo editor
would: is a picture blurred, blank or there twice, what does the square crop cost, does each caption go on where the
prefix ends. Nothing is sent, no token is needed. In the schema family, captions are JSON documents: the rules about sentences do
not look at them, and each of those rules says why.

```
reconciler doctor                                             all datasets
reconciler doctor lora-poses                                  one of them
reconciler doctor lora-poses --contact-sheet lora-poses.html  and a page that shows each image with its findings
reconciler doctor --strict                                    warnings count as well
reconciler doctor --format json                               for programs
```

| grade | means | exit code |
|---|---|---|
| error | Bria would refuse it, or something else would be trained | 3 |
| warning | look at it; often it makes the training worse | 0, with `--strict` 3 |
| advice | could be better, and may be meant as it is | 0 |

`reconciler validate` finds all errors too, and whatever can be told without decoding pixels. The doctor decodes each
image once; what it measured is kept by the content of the image, so the second time costs next to nothing. Of an image
that is here only as a Git LFS pointer nothing is known: fetch it with `git lfs pull`.

The contact sheet is one HTML file without scripts that asks for nothing: it can be mailed and printed. What Bria cuts off
is dimmed.

## Waivers

A finding that is meant as it is can be waived in the manifest of the dataset, where a reviewer sees it:

```yaml
apiVersion: reconciler/v1
kind: Dataset
metadata:
  name: lora-poses
spec:
  project: lora
  caption_prefix: "An illustration of a character named Lora, a female character with purple hair,"
  images:
    path: images/
  waive:
    - rule: image-located
      images: ["beach/*.png"]
      reason: shot on stage
      until: 2027-01-31
    - rule: images-background
      reason: the yellow belongs to the brand
```

| key | |
|---|---|
| `rule` | The id of a rule below. |
| `images` | Patterns as in `images.include`, counted from the image folder; all findings of the rule if left out. A finding about several images is waived where all of them fit. |
| `reason` | Why, in a few words. Required. |
| `until` | The last day on which it holds. Without it the waiver holds for good. |

Errors cannot be waived. A waiver whose day has passed is a warning, one that waives nothing is advice. Waivers count for
the doctor only: `validate`, `plan` and `apply` go on printing their warnings.
"""

_TITLES = {
    Subject.DATASET: "The dataset as a whole",
    Subject.IMAGE: "Images",
    Subject.PREFIX: "The prefix",
    Subject.CAPTION: "Captions",
    Subject.WAIVER: "Waivers themselves",
}
_GRADES = tuple(Grade)


def doctor_page() -> str:
    """The whole page, in Markdown."""
    parts = [_INTRODUCTION, "## Rules\n", "\n".join(_overview()) + "\n"]
    for subject, title in _TITLES.items():
        parts.append(f"### {title}\n")
        parts += [_section(rule) for rule in _of(subject)]
    return "\n".join(parts)


def _of(subject: Subject) -> list[Rule]:
    """The rules about one subject, errors first."""
    return sorted(
        (rule for rule in RULES.values() if rule.subject is subject), key=lambda rule: _GRADES.index(rule.grade)
    )


def _overview() -> Iterator[str]:
    yield "| rule | grade | what |"
    yield "|---|---|---|"
    for subject in _TITLES:
        for rule in _of(subject):
            yield f"| [`{rule.id}`](#{rule.id}) | {rule.grade.value} | {rule.title} |"


def _section(rule: Rule) -> str:
    where = "`validate` and the doctor" if rule.found_by is FoundBy.VALIDATE else "the doctor"
    pixels = "; needs the image itself, not its Git LFS pointer" if rule.found_by is FoundBy.PIXELS else ""
    title = rule.title[0].upper() + rule.title[1:]
    family = f" Only under a `caption_prefix`: {_lower(rule.prefix_only)}" if rule.prefix_only else ""
    what = f"**{title}** ({rule.grade.value}, {where}{pixels}). {rule.why}{family}"
    return f"#### {rule.id}\n\n{what}\n\n*What to do:* {rule.remedy}\n"


def _lower(sentence: str) -> str:
    """A sentence that goes on after a colon."""
    return sentence[0].lower() + sentence[1:]
