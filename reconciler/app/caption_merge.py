"""Merge the live captions of a dataset into the files that git keeps, three ways, and declare them there."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from reconciler.app.caption_history import caption_past, committed_captions
from reconciler.app.exceptions import WrongUsage, refused
from reconciler.app.pull import Target
from reconciler.core.desired import DesiredDataset
from reconciler.core.live import RemoteDataset
from reconciler.core.look.caption_ancestor import live_captions
from reconciler.core.look.caption_merge import CaptionSides, MergeOutcome, Side, merged
from reconciler.core.manifest.suggestion import did_you_mean
from reconciler.core.name import image_key
from reconciler.core.problem import ProblemsFound
from reconciler.core.text import quoted
from reconciler.core.value import dataclass
from reconciler.files.caption.declaration import Declaration, declaration
from reconciler.files.caption.form import FORMS
from reconciler.files.caption.pull import CaptionPlace, PullOutcome, PullRefused, caption_edits, read_captions
from reconciler.files.file_edit import FileEdit, NotWritten, write_edits
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.yaml.edit import EditRefused

_WRITTEN = {
    PullOutcome.WRITTEN: MergeOutcome.TAKEN,
    PullOutcome.KEPT: MergeOutcome.SAME,
    PullOutcome.CONFLICT: MergeOutcome.UNCOMMITTED,
}
"""What came of a caption that was to be taken. It is kept, or in conflict, if somebody wrote there since it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """What is asked for.

    `images` has their keys by their paths below the image folder; `side` is right in a conflict; `declares` asks for the
    change of the manifest. Without `writes` no file changes.
    """

    images: Mapping[str, str]
    side: Side | None = None
    declares: bool = False
    writes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedCaption:
    """The caption of one image: what git and the live side said before, and what came of it."""

    name: str
    outcome: MergeOutcome
    ours: str | None
    theirs: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What became of each caption, and the live ones that no file can hold (`unfit`), by image.

    `since` is the commit that both sides come from, and `doubt` says why none was found; both are empty if nothing had to be
    compared with git's history. `declaration` is the change of the manifest that declares the captions, if it needs one and can
    be changed; `is_declared` says that it was. `edits` are the files that change.
    """

    captions: tuple[MergedCaption, ...]
    edits: tuple[FileEdit, ...]
    unfit: Mapping[str, str]
    since: str = ""
    doubt: str = ""
    declaration: Declaration | None = None
    is_declared: bool = False

    @property
    def is_settled(self) -> bool:
        """Is nothing left to choose, and nothing held back?"""
        return not any(one.outcome in {MergeOutcome.CONFLICT, MergeOutcome.UNCOMMITTED} for one in self.captions)

    @property
    def has_captions(self) -> bool:
        """Do files hold any caption now? If none does, there is nothing to declare."""
        return any(one.ours is not None or one.outcome is MergeOutcome.TAKEN for one in self.captions)


def images_of(dataset: DesiredDataset, only: Collection[str]) -> dict[str, str]:
    """The key of each image that is asked for, by its path below the image folder; WrongUsage for one that is not there."""
    folder = _folder(dataset)
    images = {str(PurePosixPath(one.path).relative_to(folder)): image_key(one.digest) for one in dataset.images}
    spelled = {unicodedata.normalize("NFC", name): name for name in images}
    chosen = set()
    for name in only:
        if (found := spelled.get(unicodedata.normalize("NFC", name))) is None:
            way = did_you_mean(name, sorted(spelled))
            raise WrongUsage(f"--only: {dataset.ref} has no image {quoted(name)}. {way}".rstrip())
        chosen.add(found)
    return {name: key for name, key in images.items() if not only or name in chosen}


def pull(root: Path, target: Target, live: RemoteDataset, request: PullRequest) -> Pulled:
    """Merge and write. Refused if a file cannot be read or written; then all files are as they were."""
    try:
        with Tree(root) as tree:
            change = _declaration(tree, target, is_needed=request.declares)
            pulled = _declared(_merge(tree, target, live, request), change, request)
            if request.writes:
                write_edits(tree, pulled.edits)
            return pulled
    except NotWritten as error:
        raise refused("pull-refused", f"{root / error.path} {error.reason}") from None
    except PullRefused as error:
        raise refused("pull-refused", str(error)) from None
    except FileRefused as error:
        raise refused("pull-refused", f"{root / error.path} {error.reason}") from None


def _declared(pulled: Pulled, change: Declaration | None, request: PullRequest) -> Pulled:
    """With the change of the manifest, if it needs one, and made if that is wanted and nothing is left to choose."""
    if change is None or not pulled.has_captions:
        return pulled
    pulled = replace(pulled, declaration=change)
    if not request.declares or not pulled.is_settled:
        return pulled
    return replace(pulled, is_declared=True, edits=(*pulled.edits, change.edit))


def _declaration(tree: Tree, target: Target, *, is_needed: bool) -> Declaration | None:
    """The change of a manifest whose captions are automatic. ProblemsFound if it is needed and cannot be made."""
    if target.source != "automatic":
        return None
    try:
        return declaration(tree, target.manifest)
    except EditRefused as error:
        if is_needed:
            raise ProblemsFound([error.problem], end="nothing was written") from None
        return None


def _folder(dataset: DesiredDataset) -> str:
    """The image folder, below the root."""
    image = dataset.images[0]
    base = str(PurePosixPath(image.path).parents[len(PurePosixPath(image.name).parts) - 1])
    return "" if base == "." else base


def _merge(tree: Tree, target: Target, live: RemoteDataset, request: PullRequest) -> Pulled:
    """Each caption that git takes is written; all others stay as they are."""
    guide, images = target.dataset.guide, request.images
    place = CaptionPlace(folder=_folder(target.dataset), source=target.source, form=FORMS[guide.family])
    captions = live_captions(live.content)
    texts = {name: captions[key].text for name, key in images.items() if key in captions}
    unfit = {name: text for name, text in texts.items() if not place.form.takes(text)}
    theirs = {name: text for name, text in texts.items() if name not in unfit}
    ours = read_captions(tree, place, images)

    def is_same(one: str, other: str) -> bool:
        return guide.canonical_caption(one) == guide.canonical_caption(other)

    past, doubt = None, ""
    committed: Mapping[str, str] = {}
    if any(name in ours and not is_same(ours[name], text) for name, text in theirs.items()):
        past, doubt = caption_past(tree.root, target.dataset.ref, live)
        committed = committed_captions(tree.root, place, images)
    outcomes = {
        name: merged(
            CaptionSides(
                ours=ours.get(name),
                theirs=theirs.get(name),
                ancestor=None if past is None else past.ancestor(key),
                committed=committed.get(name),
            ),
            is_same,
            request.side,
        )
        for name, key in sorted(images.items())
    }
    taken = {name: theirs[name] for name, outcome in outcomes.items() if outcome is MergeOutcome.TAKEN}
    written, edits = caption_edits(tree, place, taken, replacing=ours)
    outcomes |= {one.name: _WRITTEN[one.outcome] for one in written}
    return Pulled(
        edits=edits,
        captions=tuple(
            MergedCaption(name=name, outcome=outcome, ours=ours.get(name), theirs=theirs.get(name))
            for name, outcome in outcomes.items()
        ),
        unfit=unfit,
        since="" if past is None or past.origin is None else past.commit,
        doubt=doubt,
    )
