"""Objects on the command line: how they are named, what is said of a name that will not do, and how a shell completes them."""

from collections import Counter
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from reconciler.cli.shared_options import Invocation
from reconciler.core.text import in_words

if TYPE_CHECKING:
    from reconciler.core.kind import Kind
    from reconciler.core.ref import Ref


class RefType(click.ParamType["Ref"]):
    """A `kind/name`. Where one kind is meant, the bare name will do.

    With `finds_bare` a bare name is looked for among the objects of the kinds that the manifests declare, and will do
    where one of them bears it. It is for commands that only look: a name that another object bears tomorrow would change
    what is done.
    """

    name = "ref"

    def __init__(self, *kinds: str, finds_bare: bool = False) -> None:
        self._kinds = kinds
        self._finds_bare = finds_bare

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "Ref":
        """The ref."""
        from reconciler.core.kind import Kind
        from reconciler.core.ref import Ref, parse_ref

        if isinstance(value, Ref):
            return value
        text, kinds = str(value), [Kind(kind) for kind in self._kinds]
        if "/" not in text and len(kinds) > 1:
            return self._found(text, kinds, param, ctx)
        try:
            ref = parse_ref(text, kinds[0] if len(kinds) == 1 else None)
        except ValueError as error:
            raise click.BadParameter(str(error), ctx, param) from None
        if ref.kind not in kinds:
            versioned = in_words((kind.plural for kind in kinds), "and")
            raise click.BadParameter(f"{text!r} has no versions; {versioned} have", ctx, param)
        return ref

    def _found(self, text: str, kinds: "list[Kind]", param: click.Parameter | None, ctx: click.Context | None) -> "Ref":
        """The one object that bears a bare name; where that will not do, how to write what may be meant."""
        from reconciler.core.manifest.suggestion import nearest

        declared = _declared(ctx)
        names = [ref.name for ref in declared if ref.kind in kinds]
        if self._finds_bare and names.count(text) == 1:
            return next(ref for ref in declared if ref.kind in kinds and ref.name == text)
        guess = text if text in names else nearest(text, names)
        meant = [str(ref) for ref in declared if ref.kind in kinds and ref.name == guess]
        forms = in_words((f"{kind.value}/NAME" for kind in kinds), "or")
        hint = f"did you mean {in_words(meant, 'or')}?" if meant else f"write it as {forms}"
        raise click.BadParameter(f"{text!r} names no kind; {hint}", ctx, param)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """What the manifests declare: bare names where they will do, and refs. The manifests are read, and nothing else."""
        try:
            declared = _declared(ctx, incomplete.rpartition("/")[2])
        except Exception:  # noqa: BLE001 - a shell that completes has no place for a message
            return []
        refs = [ref for ref in declared if ref.kind.value in self._kinds]
        times = Counter(ref.name for ref in refs)
        takes_bare = self._finds_bare or len(self._kinds) == 1
        bare = [ref.name for ref in refs if takes_bare and times[ref.name] == 1]
        full = [str(ref) for ref in refs if incomplete or ref.name not in bare]
        return [CompletionItem(word) for word in (*bare, *full) if word.startswith(incomplete)]


def _declared(context: click.Context | None, word: str = "") -> "tuple[Ref, ...]":
    """What the manifests declare below the root that this command line or the environment names."""
    from reconciler.app.settings import root_of
    from reconciler.files.declared import refs_in

    invocation = None if context is None else context.find_object(Invocation)
    return () if invocation is None else refs_in(root_of(invocation.given, invocation.environ), word)


class GalleryName(click.ParamType[str]):
    """The name of a gallery, with or without `gallery/`. It is no object, so it is no ref."""

    name = "gallery"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """What the manifests declare, and nothing else is read."""
        from reconciler.app.settings import root_of
        from reconciler.files.declared import galleries_in

        head, slash, word = incomplete.rpartition("/")
        invocation = ctx.find_object(Invocation)
        try:
            names = () if invocation is None else galleries_in(root_of(invocation.given, invocation.environ), word)
        except Exception:  # noqa: BLE001 - a shell that completes has no place for a message
            return []
        return [CompletionItem(f"{head}{slash}{name}") for name in names if name.startswith(word)]


class Movable(click.ParamType["Ref | str"]):
    """A `kind/name`, or a gallery as `gallery/name`: a text, for it is no ref."""

    name = "ref"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "Ref | str":
        """The ref, or the gallery."""
        return str(value) if str(value).startswith(_GALLERY) else ANY.convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Objects, and galleries with `gallery/`."""
        found = ANY.shell_complete(ctx, param, incomplete)
        if incomplete.startswith(_GALLERY):
            return GALLERY.shell_complete(ctx, param, incomplete)
        galleries = GALLERY.shell_complete(ctx, param, _GALLERY) if _GALLERY.startswith(incomplete) else []
        return [*found, *galleries]


_GALLERY = "gallery/"
ANY = RefType("project", "dataset", "model")
PROJECT = RefType("project")
DATASET = RefType("dataset")
MODEL = RefType("model")
GALLERY = GalleryName()
MOVABLE = Movable()
VERSIONED = RefType("dataset", "model", finds_bare=True)
