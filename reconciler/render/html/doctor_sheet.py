"""The doctor's contact sheet as one HTML file: each image of a dataset with its caption and its findings."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from reconciler.core.manifest.image import ImageFile
from reconciler.core.value import dataclass
from reconciler.doctor.caption_rules import quoted_caption
from reconciler.doctor.finding import DatasetDiagnosis, Diagnosis, Finding, Waived, in_reading_order
from reconciler.doctor.image_rules import loss
from reconciler.render.album import data_uri
from reconciler.render.doctor import counted, shared_findings, title
from reconciler.render.html.environment import page_template
from reconciler.render.problem import further_places, told_once

PICTURES = 400
"""Images of a page that are shown as pictures. Further images are listed as text."""

_LEAST = 0.02
"""Up to this share, the part of a picture outside the square is not dimmed: nobody would see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCard:
    """One image. `uri` is its picture, `absent` says why there is none, `kept` is the side of the square in percent."""

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
        """Does the detail only quote the caption? The caption is printed above it already."""
        return bool(self.caption) and finding.detail == quoted_caption(self.caption)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSheet:
    """One dataset: findings about the whole, the images with findings, and the images without."""

    ref: str
    title: str
    prefix: str
    findings: tuple[Finding, ...]
    waived: tuple[Waived, ...]
    with_findings: tuple[ImageCard, ...]
    without_findings: tuple[ImageCard, ...]


def contact_sheet(diagnosis: Diagnosis, pictures: Mapping[str, bytes]) -> str:
    """The page. `pictures` are thumbnails as WebP by the digest of the image."""
    wanted = {image.digest for image in pictured(diagnosis)}
    uris = {digest: data_uri(pictures[digest]) if digest in pictures else "" for digest in wanted}
    shared = shared_findings(_whole(dataset) for dataset in diagnosis.datasets)
    told = frozenset(finding for one in shared for finding in one.findings)
    remedies = _remedies(diagnosis)
    return page_template("doctor.html").render(
        summary=counted(diagnosis),
        sheets=tuple(_sheet(dataset, uris, told) for dataset in diagnosis.datasets),
        problems=tuple((group[0], further_places(group)) for group in told_once(diagnosis.problems)),
        shared=shared,
        remedies=tuple(remedies),
        is_told_above=lambda found: (found.rule, found.remedy) in remedies,
    )


def _remedies(diagnosis: Diagnosis) -> dict[tuple[str, str], int]:
    """What to do about a rule, where several findings would say it: it stands once, at the top of the page."""
    findings = (finding for dataset in diagnosis.datasets for finding in dataset.findings if finding.remedy)
    numbers = Counter((finding.rule, finding.remedy) for finding in in_reading_order(findings))
    return {key: number for key, number in numbers.items() if number > 1}


def _whole(dataset: DatasetDiagnosis) -> DatasetDiagnosis:
    """The dataset without findings about single images, which stand beside their images."""
    return replace(dataset, findings=tuple(finding for finding in dataset.findings if finding.is_about_the_whole))


def pictured(diagnosis: Diagnosis) -> tuple[ImageFile, ...]:
    """The images of which the page shows pictures. No other image needs a thumbnail."""
    ordered = (image for dataset in diagnosis.datasets for image in _ordered(dataset))
    return tuple(islice(ordered, PICTURES))


def _ordered(dataset: DatasetDiagnosis) -> Iterator[ImageFile]:
    """Images with findings first."""
    named = {name for finding in dataset.findings for name in finding.images}
    yield from (image for image in dataset.images if image.name in named)
    yield from (image for image in dataset.images if image.name not in named)


def _sheet(dataset: DatasetDiagnosis, uris: Mapping[str, str], told: Collection[Finding]) -> DatasetSheet:
    cards = [_card(number, image, dataset, uris) for number, image in enumerate(dataset.images, 1)]
    return DatasetSheet(
        ref=str(dataset.ref),
        title=title(dataset),
        prefix=dataset.prefix,
        findings=tuple(finding for finding in _whole(dataset).findings if finding not in told),
        waived=tuple(one for one in dataset.waived if one.finding.is_about_the_whole),
        with_findings=tuple(card for card in cards if card.findings),
        without_findings=tuple(card for card in cards if not card.findings),
    )


def _card(number: int, image: ImageFile, dataset: DatasetDiagnosis, uris: Mapping[str, str]) -> ImageCard:
    facts, uri = image.facts, uris.get(image.digest)
    kept = 100 - round(100 * loss(facts)) if facts is not None and loss(facts) > _LEAST else 100
    return ImageCard(
        number=number,
        name=image.name,
        size=f"{facts.width:,} by {facts.height:,}" if facts is not None else "",
        uri=uri or "",
        absent=_absent(image, is_beyond=uri is None),
        kept=kept,
        caption=next((caption.text for caption in dataset.captions if caption.image == image.name), ""),
        findings=tuple(finding for finding in dataset.findings if image.name in finding.images),
        waived=tuple(one for one in dataset.waived if image.name in one.finding.images),
    )


def _absent(image: ImageFile, *, is_beyond: bool) -> str:
    if is_beyond:
        return f"one page shows {PICTURES} pictures"
    if not image.has_content:
        return "needs the image: git lfs pull"
    return "cannot be shown" if image.facts is not None else "is no image that can be uploaded"
