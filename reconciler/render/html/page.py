"""The report on a plan as one HTML file that a browser, a mail program and a printer show alike."""

from collections.abc import Iterator, Sequence

from reconciler.core.loss import StoppedTraining
from reconciler.core.name import said_name
from reconciler.core.text import count
from reconciler.render.album import ReportedFinding, findings_told_once
from reconciler.render.alike import some
from reconciler.render.difference import Pieces, Wording, field_pieces, whole
from reconciler.render.html.environment import page_template
from reconciler.render.plan_report.amount import Amount
from reconciler.render.plan_report.changed import LOST, ChangedObject
from reconciler.render.plan_report.consequence import ConsequenceReport
from reconciler.render.plan_report.contact_sheet import BUDGET, PICTURES, PictureSums
from reconciler.render.plan_report.report import PlanReport, notes_told_once, told_once
from reconciler.render.plan_report.training import Parameter, scalar
from reconciler.render.words import digest_words, megabytes


def render_html(report: PlanReport) -> str:
    """The whole page."""
    return page_template("page.html").render(report=report, digest_start=digest_words(report.digest), **_WORDS)


def laid_out(report: PlanReport, layout: str) -> list[ChangedObject]:
    """The objects whose section is built around one thing."""
    return [one for one in report.objects if one.layout == layout]


def figure(one: Amount) -> str:
    """The number that is read first."""
    return one.quantities[0].figure if one.quantities else "0"


def rest(one: Amount) -> str:
    """What is read after the number: `images, 4.1 MB, limit 40`."""
    if not one.quantities:
        return ""
    first, *others = one.quantities
    if not others:
        return ", ".join(filter(None, [first.noun, *first.more, first.limit]))
    told = ", ".join(filter(None, [first.noun, *first.more])) + first.bracket
    return ", ".join([told, *(one.words for one in others)])


def because(one: ChangedObject) -> str:
    """The reason. For images and captions also the categories of the change, since they decide what it costs."""
    return one.reason if one.content is None else one.because


def guide(one: ChangedObject) -> Pieces:
    """The guide of a dataset, before and after in one."""
    assert one.content is not None, "a dataset has content"
    changes = one.content.guide_changes
    if not changes:
        return whole(one.content.guide.line)
    if [change.path for change in changes] == [one.content.guide.field]:
        return Wording(scalar(changes[0].before), scalar(changes[0].after)).pieces
    return field_pieces(changes)


def before_captions(one: ChangedObject) -> str:
    """What stands before each caption as the training reads it: the prefix. A schema is no part of the captions under it."""
    assert one.content is not None, "a dataset has content"
    return one.content.guide.line if one.content.guide.family == "prefix" else ""


def fields(one: ChangedObject) -> Iterator[tuple[str, Pieces]]:
    """Fields, and names of live objects, before and after in one."""
    for field in one.fields:
        after = scalar(field.after)
        before = after if field.before is None else scalar(field.before)
        yield field.path, Wording(before, after).pieces
    for each in one.renamed:
        yield f"{each.kind.value} {each.id}", Wording(said_name(each.before), said_name(each.after)).pieces


def gone(one: ChangedObject) -> Iterator[tuple[str, str]]:
    """A line for each live object that goes, whole or in part."""
    for each in one.gone:
        id_ = f" (id {each.id})" if one.is_asked else ""
        part = f"{each.part} of " if each.part else ""
        yield f"{part}{each.kind.value} “{said_name(each.name)}”{id_}", each.words


def stopped(one: StoppedTraining) -> str:
    """The sentence about a running training that is stopped."""
    return f"The running training “{one.name}” (id {one.id}) is stopped: {LOST}."


def parameters(one: ChangedObject) -> tuple[Parameter, ...]:
    """What changes of a model; of a first version all that defines its training."""
    return tuple(each for each in _defining(one) if not each.stays)


def aliases(one: ChangedObject) -> tuple[Parameter, ...]:
    """What each alias that moves names now and what it will name."""
    return tuple(
        Parameter(name=each.name, before=each.now, after=f"{each.next}, once it is trained", stays=False)
        for each in one.aliases
        if each.next
    )


def as_before(one: ChangedObject) -> str:
    """What else defines the training, and aliases that stay, in one line: `training_mode expert, rank 64`."""
    kept = [f"{each.name} {each.after}" for each in _defining(one) if each.stays]
    return ", ".join([*kept, *(f"{each.name} {each.now}" for each in one.aliases if not each.next)])


def _defining(one: ChangedObject) -> tuple[Parameter, ...]:
    return () if one.training is None else one.training.changed + one.training.unchanged


def pictures(sums: PictureSums) -> str:
    """How many bytes the pictures of the page take, and how many images are shown as pictures."""
    spent = f" {count(sums.left_out, 'picture')} left out for that." if sums.left_out else ""
    return (
        f"{count(sums.pictures, 'thumbnail')}, {megabytes(sums.bytes)} of at most {megabytes(BUDGET)}.{spent} "
        f"The first {PICTURES} images are shown as pictures, further ones as text."
    )


def unseen(number: int) -> str:
    """How many images nobody looked at."""
    return f"The pixels of {count(number, 'further image')} were not looked at; `reconciler doctor` does."


def findings(report: PlanReport) -> Iterator[tuple[str, ReportedFinding]]:
    """Whose each finding is, and what it says; those that say the same are one."""
    for group in findings_told_once(report.findings):
        yield some([one.name or str(one.ref) for one in group]), group[0]


def further(hidden: Sequence[ConsequenceReport]) -> str:
    """How many things that merging does without a call are folded away."""
    return f"{len(hidden):,} more"


def unchanged(number: int) -> str:
    """How many objects stay as they are."""
    return f"{count(number, 'object')} unchanged."


_WORDS = {
    one.__name__: one
    for one in (
        laid_out, figure, rest, because, guide, before_captions, fields, gone, stopped, parameters, aliases, as_before, pictures, unseen,
        unchanged, further, findings, told_once, notes_told_once,
    )
}  # fmt: skip
"""What the template asks for in words, by the names of the functions."""
