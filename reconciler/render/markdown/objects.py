"""Objects in Markdown: each as a line with what explains it below, or many of them by name alone."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from reconciler.core.change import FieldChange
from reconciler.core.content_change import ImageChange, ImageEffect, KeptCaption
from reconciler.core.name import said_name
from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.render.difference import Wording
from reconciler.render.markdown.gate import code, prose
from reconciler.render.markdown.length import Length
from reconciler.render.plan_report.changed import LOST, ChangedObject
from reconciler.render.plan_report.content import CaptionReport, ContentReport
from reconciler.render.plan_rows import EFFECT_SIGNS, value_text
from reconciler.render.view import SIGNS, Role
from reconciler.render.words import abridged, difference, megabytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullet:
    """One thing inside an object: its name, our words about it, and its text, before and after if that changes."""

    sign: Role
    head: str
    words: str = ""
    text: Wording | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """Things of one sort. `title` counts them in our own words."""

    title: str
    bullets: tuple[Bullet, ...]


def section(one: ChangedObject, length: Length) -> Iterator[str]:
    """One object: its line, why, what costs or destroys; then the rest, behind lines that count it."""
    lines = [f"- {line}" for line in _explained(one, max(length.words, 60) * 8)]
    for loud in loud_bullets(one):
        lines.append(f"- **{loud.title}:**")
        lines.extend(f"  - {_bullet(bullet, length)}" for bullet in loud.bullets)
    yield _line(one)
    yield "\n".join(lines)
    for quiet in _quiet_bullets(one):
        yield from folded(quiet.title, [f"- {_bullet(bullet, length)}" for bullet in quiet.bullets], length.rows)


def folded(title: str, lines: Sequence[str], rows: int | None) -> tuple[str, ...]:
    """A list behind a line that counts it: its first `rows` (None: all). `title` stands in HTML, so it is our own words."""
    shown = lines if rows is None else lines[:rows]
    if not lines:
        return ()
    if not shown:
        return (f"{title}.",)
    rest = [f"- … and {len(lines) - len(shown):,} more"] if len(shown) < len(lines) else []
    return (f"<details><summary>{title}</summary>", "\n".join([*shown, *rest]), "</details>")


def names(objects: Iterable[ChangedObject], length: Length) -> Iterator[str]:
    """Many objects: those to which the same happens in one list of names, then the names of what each loses."""
    ordered = sorted(objects, key=_fate)
    for (kind, fate), group in groupby(ordered, key=_fate):
        members = list(group)
        run = ", ".join(code(one.ref.name, length.name) for one in members)
        yield f"**{count(len(members), kind)}: {prose(fate)}:** {run}"
    for one in ordered:
        for loud in loud_bullets(one):
            run = ", ".join(code(bullet.head, length.name) for bullet in loud.bullets)
            yield f"**{code(str(one.ref))}: {loud.title}:** {run}"


def _fate(one: ChangedObject) -> tuple[str, str]:
    return one.ref.kind.value, one.line


def _line(one: ChangedObject) -> str:
    """`*` **`model/lora-max`** v2 -> v3 (`a51be07`): trained, 1 to 3 hours."""
    fingerprint = f" ({one.fingerprint})" if one.fingerprint else ""
    versions = f" {prose(one.versions() + fingerprint)}" if one.after else ""
    return f"{code(SIGNS[EFFECT_SIGNS[one.effect]])} **{code(str(one.ref))}**{versions}: {prose(one.line)}"


def _explained(one: ChangedObject, limit: int) -> Iterator[str]:
    """Why it changes, what it is trained on and with, its fields, and what its aliases name."""
    yield prose(f"because {one.because}")
    if one.training is not None:
        yield from map(prose, one.training.lines)
    yield from (f"{prose(field.path)}: {_field(field, limit)}" for field in one.fields)
    if one.aliases:
        yield f"aliases: {prose(', '.join(alias.words for alias in one.aliases))}"


def _field(field: FieldChange, limit: int) -> str:
    """A value before and after, or two texts as one."""
    before, after = field.before, field.after
    if isinstance(before, str) and isinstance(after, str) and before and after:
        return _difference(Wording(before, after), limit)
    if before is None and isinstance(after, str):
        return code(after)
    values = [after] if before is None else [before, after]
    return prose(" -> ".join("".join(span.text for span in value_text(value)) for value in values))


def _difference(wording: Wording, limit: int) -> str:
    """Two texts as one, in code; where only white space differs, a sentence that says so."""
    words = "".join(span.text for span in difference(wording))
    return prose(words) if wording.differs_in_blanks and not wording.is_long else code(words, limit)


def loud_bullets(one: ChangedObject) -> Iterator[Bullets]:
    """What in an object costs or destroys: none of it is ever left out."""
    if one.content is not None and (lost := one.content.images.loud):
        yield _bullets(count(len(lost), "image goes", "images go"), map(_image, lost))
    if one.content is not None and (over := one.content.captions.loud):
        yield _bullets(f"{count(len(over), 'hand-written caption')} overwritten", map(_caption, over))
    if one.removed:
        title = f"{count(len(one.removed), 'live object')} deleted"
        yield _bullets(title, _gone(one))
    if number := one.losses.checkpoint_count:
        yield _bullets(f"{count(number, 'checkpoint')} deleted", _gone(one))
    if one.stops:
        bullets = (Bullet(sign=Role.TRAIN, head=stop.name, words=f"(id {stop.id}), {LOST}") for stop in one.stops)
        yield _bullets(f"{count(len(one.stops), 'running training')} stopped", bullets)


def _quiet_bullets(one: ChangedObject) -> Iterator[Bullets]:
    """What may be folded: what comes, what changes, what is kept."""
    if one.content is not None:
        yield from _quiet_content(one.content)
    if renamed := tuple(one.renamed):
        bullets = (
            Bullet(sign=Role.CHANGE, head=f"{said_name(each.before)} -> {said_name(each.after)}") for each in renamed
        )
        yield _bullets(count(len(renamed), "renamed object"), bullets)


def _quiet_content(content: ContentReport) -> Iterator[Bullets]:
    if rest := content.images.quiet:
        size = megabytes(sum(image.size for image in rest))
        title = count(len(rest), "image comes or is replaced", "images come or are replaced")
        yield _bullets(f"{title}, {size}", map(_image, rest))
    if written := content.captions.quiet:
        yield _bullets(f"{count(len(written), 'caption')} from git", map(_caption, written))
    if kept := tuple(content.kept):
        yield _bullets(f"{count(len(kept), 'hand-written caption')} kept, not in git", map(_kept, kept))


def _bullets(title: str, bullets: Iterable[Bullet]) -> Bullets:
    return Bullets(title=title, bullets=tuple(bullets))


def _image(image: ImageChange) -> Bullet:
    if image.effect is ImageEffect.ADDED:
        words = megabytes(image.size) if image.caption is None else ""
        return Bullet(sign=Role.CREATE, head=image.name, words=words, text=_as_it_is(image.caption))
    words = {
        ImageEffect.REPLACED: "another picture under the same name",
        ImageEffect.TWIN: "is there twice; the later one goes",
    }.get(image.effect, "")
    sign = Role.CHANGE if image.effect is ImageEffect.REPLACED else Role.DELETE
    if not image.hand_written or image.caption is None:
        return Bullet(sign=sign, head=image.name, words=words)
    words = ", ".join(filter(None, [words, "with its hand-written caption"]))
    return Bullet(sign=sign, head=image.name, words=words, text=_as_it_is(image.caption))


def _as_it_is(text: str | None) -> Wording | None:
    return None if text is None else Wording(None, text)


def _caption(one: CaptionReport) -> Bullet:
    sign = Role.DELETE if one.overwrites else Role.CHANGE
    words = "written by hand, not in git:" if one.overwrites else ""
    return Bullet(sign=sign, head=one.name, words=words, text=one.wording)


def _kept(one: KeptCaption) -> Bullet:
    words = "" if one.version is None else f"from v{one.version}"
    return Bullet(sign=Role.UNCHANGED, head=one.name, words=words, text=_as_it_is(one.text))


def _gone(one: ChangedObject) -> Iterator[Bullet]:
    for gone in one.gone:
        head = f'"{abridged(said_name(gone.name))}"' + (f" (id {gone.id})" if one.is_asked else "")
        yield Bullet(sign=Role.DELETE, head=head, words=gone.beside_name)


def _bullet(bullet: Bullet, length: Length) -> str:
    parts = [code(SIGNS[bullet.sign]), code(bullet.head, length.name)]
    if bullet.words:
        parts.append(prose(bullet.words))
    if bullet.text is not None:
        parts.append(_text(bullet.text, length.words))
    return " ".join(parts)


def _text(wording: Wording, limit: int) -> str:
    """The text, or both texts as one with the words that differ marked."""
    if wording.before is None:
        return code(wording.after or "", limit)
    return code("".join(span.text for span in difference(wording)), 3 * limit)
