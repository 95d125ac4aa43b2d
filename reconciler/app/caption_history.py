"""What git's history says about the captions of a dataset: those of the last commit, and those that its live version came from."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from reconciler.app.revision import each_desired
from reconciler.core.live import RemoteDataset
from reconciler.core.look.caption_ancestor import CaptionPast, live_captions
from reconciler.core.name import parse_dataset_name
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import Ref
from reconciler.files.caption.pull import CaptionPlace, PullRefused, read_captions
from reconciler.files.git.past_trees import past_trees
from reconciler.files.git.repository import RevisionRefused
from reconciler.files.git.revision_tree import revision_tree
from reconciler.files.tree import FileRefused

_NO_COMMIT = "No commit holds these manifests, so nobody can tell which side changed."
_NOT_FOUND = "No commit declares what this version was made of, so nobody can tell which side changed."
_IN_PART = (
    "Only a part of the history could be read, and none of it declares what this version was made of. "
    "In a shallow clone, `git fetch --unshallow` fetches the rest."
)


def caption_past(root: Path, ref: Ref, live: RemoteDataset) -> tuple[CaptionPast, str]:
    """What git's history says, back to the commit that the live version was made from.

    If there is none, the second value says why, in whole sentences.
    """
    name = parse_dataset_name(live.name)
    fingerprint = None if name is None else name.fingerprint
    past = CaptionPast(ref=ref, fingerprint=fingerprint, live=live_captions(live.content))
    try:
        with past_trees(root) as trees:
            for tree in each_desired(trees):
                past = past.further(trees.commit, {} if tree is None else tree.datasets)
                if past.origin is not None:
                    return past, ""
            if not trees.commit:
                return past, _NO_COMMIT
            return past, _NOT_FOUND if trees.is_whole else _IN_PART
    except RevisionRefused as error:
        return past, str(error)


def committed_captions(root: Path, place: CaptionPlace, names: Iterable[str]) -> Mapping[str, str]:
    """The captions that the last commit holds in the same files. None of them where there is no git to ask."""
    try:
        with revision_tree(root, "HEAD") as tree:
            return read_captions(tree, place, names)
    except (RevisionRefused, ProblemsFound, PullRefused, FileRefused):
        return {}
