"""What `export` wrote, what it left, and what to do next."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote

from reconciler.core.kind import Kind
from reconciler.core.live import called
from reconciler.core.look.export import Selection
from reconciler.core.text import count, quoted, shown
from reconciler.core.value import dataclass
from reconciler.render.alike import some
from reconciler.render.view import Block, Line, Paragraph, Role, View, say, screen

_SHOWN = "The pictures are what the API shows, which may be cropped to a square and scaled, and not the files that were uploaded."
_EMPTY = "No images were fetched. Put the files that were uploaded into the folders that the manifests name, or add `--images`."
_LISTED = 10
"""Files that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """All that is told. `written`, `same` and `differing` are paths; pairs name a dataset, an image and its file."""

    folder: str
    selection: Selection
    written: Sequence[str]
    same: Sequence[str]
    differing: Sequence[str]
    pictures: int
    missed: Mapping[tuple[str, str], Sequence[str]]
    """Names of images that did not come, by dataset and reason."""
    renamed: Sequence[tuple[str, str, str]]
    doubles: Sequence[tuple[str, str, str]]
    unfit: Sequence[tuple[str, str]]
    hosts: Sequence[str] = ()
    has_images: bool = True
    """Were pictures asked for? Else people put the files there that they once uploaded."""
    problems: str = ""
    """How many problems `validate` finds; empty if there are none."""
    options: Sequence[str] = ()
    """What a command needs to ask the same account, as words for a shell."""


def export_view(report: ExportReport) -> View:
    """What was done, what differs or is missing, and the next commands."""
    return screen(_done(report), list(_left(report)), list(_files(report)), list(_next(report)))


def _done(report: ExportReport) -> list[Block]:
    numbers = Counter(one.ref.kind for one in report.selection.exported)
    told = ", ".join(count(numbers[kind], kind.value, kind.plural) for kind in Kind if numbers[kind])
    pictures = f", {count(report.pictures, 'picture')} of the API" if report.pictures else ""
    lines = [Line(text=say(f"{report.folder}: {told}{pictures}.", Role.STRONG))] if told else []
    parts = [f"{count(len(report.written), 'file')} written" if report.written else "Nothing new to write"]
    if report.same:
        parts.append(f"{count(len(report.same), 'file')} there already")
    if report.pictures:
        lines.append(Line(text=say(_SHOWN), hang=2))
    return [*lines, Line(text=say(f"{', '.join(parts)}."))]


def _left(report: ExportReport) -> Iterator[Block]:
    for one in report.selection.left:
        yield Line(text=say(f"Left out: {one.live.kind.value} {called(one.live)}: {one.why}."), hang=2)


def _files(report: ExportReport) -> Iterator[Block]:
    if report.differing:
        lead = f"{count(len(report.differing), 'file')} there already, with other content; left as {'it is' if len(report.differing) == 1 else 'they are'}:"
        yield Paragraph(
            lead=say(lead, Role.WARNING), rest=tuple(say(shown(path)) for path in report.differing[:_LISTED])
        )
    for (ref, why), names in report.missed.items():
        yield _told(ref, f"{count(len(names), 'picture')} did not come: {why}", names)
    by_ref = {ref: [one for one in report.renamed if one[0] == ref] for ref, _, _ in report.renamed}
    for ref, found in by_ref.items():
        pairs = [f"{quoted(before, 60)} as {quoted(after, 60)}" for _, before, after in found]
        yield _told(ref, f"{count(len(found), 'file')} with another name than the image has", pairs, is_quoted=True)
    for ref, name, file in report.doubles:
        yield Line(
            text=say(f"{ref}: {quoted(name, 60)} shows the same picture as {quoted(file, 60)}: one file."), hang=2
        )
    for ref in dict.fromkeys(ref for ref, _ in report.unfit):
        names = [name for other, name in report.unfit if other == ref]
        yield _told(
            ref,
            f"{count(len(names), 'caption')} left out, for want of a JSON object",
            names,
        )


def _told(ref: str, what: str, names: Sequence[str], *, is_quoted: bool = False) -> Block:
    listed = names if is_quoted else [quoted(name, 60) for name in names]
    return Line(text=say(f"{ref}: {what} ({some(listed)})."), hang=2)


def _next(report: ExportReport) -> Iterator[Block]:
    root = f" --root {quote(report.folder)}"
    if not report.has_images and any(one.ref.kind is Kind.DATASET for one in report.selection.exported):
        yield Line(text=say(_EMPTY), hang=2)
    if report.missed or report.differing:
        yield Line(text=say("Start the same command again to go on: what has come does not come again."))
    if report.problems:
        yield Line(text=say(f"`reconciler validate{root}` finds {report.problems}."))
    pairs = [f"{one.ref} {one.live.id}" for one in report.selection.exported if one.ref.kind.has_versions]
    if pairs:
        lead = "Review the files, commit them, then adopt what is live:"
        options = [
            f"--root {quote(report.folder)}",
            *report.options,
            *(f"--pictures-from {host}" for host in report.hosts),
        ]
        *lines, last = ("reconciler adopt", *(f"  {word}" for word in (*options, *pairs)))
        # One word a line, so that no terminal breaks a line that a person copies.
        yield Paragraph(lead=say(lead), rest=tuple(map(say, (*(f"{line} \\" for line in lines), last))))
