"""What `adopt` says: what is taken for what and by which evidence, what differs all the same, and what nobody can know."""

from collections.abc import Iterator, Sequence

from reconciler.core.adoption import Compared
from reconciler.core.kind import Kind
from reconciler.core.live import RemoteProject, called
from reconciler.core.look.adopting import Finding
from reconciler.core.look.likeness import Certainty, Likeness
from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.render.view import Block, Item, Items, Line, Paragraph, Role, View, folded, say, screen
from reconciler.render.words import quoted_text, short

FOLD = 40
"""Images that are certain, and that are listed one by one; those that are not are never folded away."""

_BY = {
    Compared.DIGEST: "its name carries the digest",
    Compared.PIXELS: "by its pixels",
    Compared.NAME: "by its name",
    Compared.CAPTION: "by its caption",
    Compared.NOTHING: "",
}
_SIGNS = {Certainty.CERTAIN: Role.UNCHANGED, Certainty.LIKELY: Role.CHANGE, Certainty.UNKNOWN: Role.DELETE}


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """How many pictures were compared, why others were not, and the hosts of pictures that nobody named."""

    compared: int = 0
    reasons: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


NOT_LOOKED_AT = LookedAt()


def adopt_view(found: Finding, pictures: LookedAt = NOT_LOOKED_AT) -> View:
    """The table of images, then what differs and what is not proved."""
    lead = (*say(str(found.ref), Role.STRONG), *say(f": {called(found.live)} in project {found.entry.project}"))
    return screen(
        [Line(text=lead), *_sums(found)],
        _images(found.images),
        _listed("Not live, in git:", found.missing),
        _pictures(found, pictures),
        _facts("Differs, so that a plan changes it:", found.differences),
        _facts("Nobody can know:", (*found.unproved, *_trust(found))),
    )


def outcome_view(adopted: Sequence[Finding]) -> View:
    """What all of it was adopted as, once that is written."""
    if len(adopted) == 1:
        return screen([Line(text=say(_outcome(adopted[0]), Role.STRONG))])
    return screen([Line(text=(*say(f"{one.ref}: ", Role.STRONG), *say(_outcome(one)))) for one in adopted])


def project_view(remote: RemoteProject, differences: Sequence[str]) -> View:
    """What taking over a project changes in it."""
    return screen(
        [
            Line(
                text=say(
                    f"The live project {called(remote)} is taken over by its id: nothing in it is renamed or made anew."
                )
            )
        ],
        _facts("Differs, so that a plan changes it:", differences),
    )


def _sums(found: Finding) -> Iterator[Block]:
    if found.ref.kind is not Kind.DATASET:
        return
    numbers = [(one, sum(image.certainty is one for image in found.images)) for one in Certainty]
    words = ", ".join(f"{number} {one.value}" for one, number in numbers if number) or "none"
    files = len({one.file.digest for one in found.images if one.file is not None}) + len(found.missing)
    yield Line(text=say(f"{count(len(found.images), 'live image')} and {count(files, 'file')} in git: {words}"))


def _images(images: Sequence[Likeness]) -> list[Block]:
    doubtful = [one for one in images if one.certainty is not Certainty.CERTAIN]
    certain = [one for one in images if one.certainty is Certainty.CERTAIN]
    shown, hidden = folded(len(certain), FOLD)
    rows = sorted((*certain[:shown], *doubtful), key=lambda one: (one.live.image_name, one.live.id))
    blocks: list[Block] = [Items(items=tuple(map(_image, rows)), indent=2)] if rows else []
    return [*blocks, Line(text=say(f"  … and {hidden:,} more that are certain", Role.QUIET))] if hidden else blocks


def _image(one: Likeness) -> Item:
    parts = [_BY[one.compared]] if one.file is not None else []
    if one.distance is not None and one.file is not None:
        parts.append(f"distance {one.distance:.1f}")
    words = ", ".join(part for part in (*parts, one.why) if part)
    target = say(" is no known file") if one.file is None else (*say(" is "), *quoted_text(one.file.name))
    text = (*quoted_text(one.live.image_name or "(no name)"), *say(f" (id {one.live.id})"), *target, *say(f": {words}"))
    return Item(sign=_SIGNS[one.certainty], name=one.certainty.value, text=text)


def _pictures(found: Finding, pictures: LookedAt) -> list[Block]:
    if found.ref.kind is not Kind.DATASET:
        return []
    if not pictures.compared and not pictures.reasons:
        hosts = " ".join(f"--pictures-from {host}" for host in pictures.hosts or ("HOST",))
        return [Line(text=say(f"No pictures were compared: `{hosts}` compares their pixels.", Role.QUIET))]
    lines = [Line(text=say(f"{count(pictures.compared, 'picture')} of {len(found.images)} compared."))]
    return [*lines, *(Line(text=say(f"  {reason}", Role.WARNING)) for reason in pictures.reasons)]


def _listed(title: str, names: Sequence[str]) -> list[Block]:
    shown, hidden = folded(len(names), FOLD)
    more = [Line(text=say(f"  … and {hidden:,} more", Role.QUIET))] if hidden else []
    return (
        [
            Line(text=say(title, Role.STRONG)),
            *(Line(text=(*say("  "), *quoted_text(name))) for name in names[:shown]),
            *more,
        ]
        if names
        else []
    )


def _facts(title: str, facts: Sequence[str]) -> list[Block]:
    return [Paragraph(lead=say(title, Role.STRONG), rest=tuple(say(fact) for fact in facts))] if facts else []


def _trust(found: Finding) -> Iterator[str]:
    """What this kind of object cannot show."""
    if found.ref.kind is Kind.MODEL:
        yield "whether the model was trained on what its dataset holds now"
        return
    if any(one.compared is Compared.PIXELS for one in found.images):
        yield "whether the bytes are those of the files: the API shows pictures that it cropped and scaled"
    if by_words := sum(one.compared in {Compared.NAME, Compared.CAPTION} for one in found.images):
        yield f"what {count(by_words, 'image')} that only a name or a caption stands for {'shows' if by_words == 1 else 'show'}"
    if any(one.live.is_hand_written and one.file is not None and one.file.caption is None for one in found.images):
        yield "who wrote captions that git does not declare: they count as people's, and stay"


def _outcome(found: Finding) -> str:
    entry = found.entry
    if found.differences:
        return f"Adopted as v1 ({short(entry.fingerprint)}); git asks for something else: `reconciler plan` shows what apply would do."
    return f"Adopted as v1 ({short(entry.fingerprint)}): in sync, without an upload or a training."
