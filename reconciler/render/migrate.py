"""What `migrate` did: the files that it wrote, what it left, and what applying them comes to."""

from collections.abc import Iterable, Sequence

from reconciler.core.cost import Cost
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.text import count
from reconciler.render.view import Line, Paragraph, Role, View, folded, say, screen
from reconciler.render.words import megabytes

FOLD = 20


def migrated_view(
    old: Ref, written: Sequence[str], left: Iterable[tuple[Ref, str]], cost: Cost, refusals: Sequence[Refusal]
) -> View:
    """`written` are paths as a person sees them; `refusals` what a plain apply of them would be refused for."""
    shown, hidden = folded(len(written), FOLD)
    more = [Line(text=say(f"… and {hidden:,} more files", Role.QUIET))] if hidden else []
    parts = [
        count(cost.trainings, "training") if cost.trainings else "",
        f"{count(cost.uploads, 'upload')} ({megabytes(cost.bytes)})" if cost.uploads else "",
        count(cost.calls, "call"),
    ]
    costs = ", ".join(filter(None, parts))
    return screen(
        [*(Line(text=say(f"Wrote {path}")) for path in written[:shown]), *more],
        [Line(text=say(f"{ref}: {words}.")) for ref, words in left],
        [
            Line(text=say(f"Applied to an account of the schema family it costs {costs}.")),
            *(
                Paragraph(lead=say(one.summary, Role.REFUSED), rest=tuple(say(way) for way in one.remedies))
                for one in refusals
            ),
        ],
        [Line(text=say(f"Nothing of {old} was changed. Read the new files, then run `reconciler plan`."))],
    )
