"""The newest version of a dataset whose images people named: what a plan says of them before it makes the next one."""

from collections.abc import Iterable

from reconciler.core.diff.dataset_context import DatasetContext
from reconciler.core.live import called
from reconciler.core.refusal import Note, Refusal
from reconciler.core.text import count, quoted


def unkeyed_base(context: DatasetContext) -> Refusal | None:
    """The newest version holds images that nothing knows: an entry of what was adopted may be lost, or somebody was there.

    Else all of them would be uploaded again, and a training would follow.
    """
    base = context.base
    if base is None or not (strange := base.dataset.content.unkeyed) or context.dataset.clone == "never":
        return None
    way = f"`reconciler adopt {context.ref} {base.dataset.id}`"
    return Refusal(
        rule="dataset-unkeyed",
        ref=context.ref,
        summary=f"{count(len(strange), 'image')} of {called(base.dataset)} carry no digest, "
        f"first {quoted(strange[0].image_name)} (id {strange[0].id})",
        remedies=(
            f"If it was adopted: bring its entry in adopted.yaml back, or make it anew: {way}.",
            "If somebody put them there: write `clone: never` in the manifest, and all images are uploaded afresh.",
        ),
    )


def copies_left_out(context: DatasetContext) -> Iterable[Note]:
    """Copies that an adopted version holds: their pictures stay once, so nothing of them is lost."""
    number = 0 if context.base is None else context.base.dataset.copies
    if number:
        left = "is left out" if number == 1 else "are left out"
        text = f"{count(number, 'image')} {left} of the next version: people uploaded the same picture twice"
        yield Note(rule="adopted-copies", ref=context.ref, text=text)
