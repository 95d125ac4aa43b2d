"""A contact sheet of datasets as one HTML file: each image with its caption and what was found about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template

from reconciler.core.manifest.image import ImageFile
from reconciler.core.problem import Problem
from reconciler.doctor.caption import quoted_caption
from reconciler.doctor.finding import Diagnosis, Finding, Portrait, Waived
from reconciler.doctor.picture import loss
from reconciler.render.doctor import counted, title
from reconciler.render.html.gate import gate
from reconciler.render.html.thumbnails import data_uri

PICTURES = 400
"""Images of a page that are shown as pictures; further ones are listed as text."""

_LEAST = 0.02
"""Share of a picture from which the part outside the square is dimmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One image: `uri` is its picture, `absent` why there is none; `kept` the side of the square, in percent."""

    number: int
    name: str
    size: str
    uri: str
    absent: str
    kept: int
    caption: str
    findings: tuple[Finding, ...]
    waived: tuple[Waived, ...]

    def says_caption(self, finding: Finding) -> bool:
        """Does the detail only quote the caption, which stands above it?"""
        return bool(self.caption) and finding.detail == quoted_caption(self.caption)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One dataset: what concerns it as a whole, the images with findings, and the others."""

    ref: str
    title: str
    prefix: str
    findings: tuple[Finding, ...]
    waived: tuple[Waived, ...]
    noted: tuple[Frame, ...]
    quiet: tuple[Frame, ...]


def contact_sheet(diagnosis: Diagnosis, pictures: Mapping[str, bytes]) -> str:
    """The page. `pictures` are thumbnails as WebP, by the digest of the image."""
    wanted = {image.digest for image in pictured(diagnosis)}
    uris = {digest: data_uri(pictures[digest]) if digest in pictures else "" for digest in wanted}
    sheets = tuple(_sheet(portrait, uris) for portrait in diagnosis.portraits)
    problems: tuple[Problem, ...] = diagnosis.problems
    return _template().render(summary=counted(diagnosis), sheets=sheets, problems=problems)


def pictured(diagnosis: Diagnosis) -> tuple[ImageFile, ...]:
    """The images of which the page shows pictures: no others need a thumbnail."""
    ordered = (image for portrait in diagnosis.portraits for image in _ordered(portrait))
    return tuple(islice(ordered, PICTURES))


def _ordered(portrait: Portrait) -> Iterator[ImageFile]:
    """Images with findings first."""
    named = {name for finding in portrait.findings for name in finding.images}
    yield from (image for image in portrait.images if image.name in named)
    yield from (image for image in portrait.images if image.name not in named)


@cache
def _template() -> Template:
    folders = (("reconciler.render", "template"), ("reconciler.render.html", "template"))
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package, folder) for package, folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=gate,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    del environment.filters["safe"]
    return environment.get_template("doctor.html")


def _sheet(portrait: Portrait, uris: Mapping[str, str]) -> Sheet:
    frames = [_frame(number, image, portrait, uris) for number, image in enumerate(portrait.images, 1)]
    return Sheet(
        ref=str(portrait.ref),
        title=title(portrait),
        prefix=portrait.prefix,
        findings=tuple(finding for finding in portrait.findings if finding.is_about_the_whole),
        waived=tuple(one for one in portrait.waived if one.finding.is_about_the_whole),
        noted=tuple(frame for frame in frames if frame.findings),
        quiet=tuple(frame for frame in frames if not frame.findings),
    )


def _frame(number: int, image: ImageFile, portrait: Portrait, uris: Mapping[str, str]) -> Frame:
    facts, uri = image.facts, uris.get(image.digest)
    kept = 100 - round(100 * loss(facts)) if facts is not None and loss(facts) > _LEAST else 100
    return Frame(
        number=number,
        name=image.name,
        size=f"{facts.width:,} by {facts.height:,}" if facts is not None else "",
        uri=uri or "",
        absent=_absent(image, is_beyond=uri is None),
        kept=kept,
        caption=next((caption.text for caption in portrait.captions if caption.image == image.name), ""),
        findings=tuple(finding for finding in portrait.findings if image.name in finding.images),
        waived=tuple(one for one in portrait.waived if image.name in one.finding.images),
    )


def _absent(image: ImageFile, *, is_beyond: bool) -> str:
    if is_beyond:
        return f"one page shows {PICTURES} pictures"
    if not image.has_content:
        return "needs the image: git lfs pull"
    return "cannot be shown" if image.facts is not None else "is no image that can be uploaded"
