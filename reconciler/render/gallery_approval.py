"""What is said once a version is approved: what the approval replaces, what it leaves out, and what has to be committed."""

from collections.abc import Iterator, Sequence

from reconciler.core.gallery import DesiredGallery
from reconciler.core.text import shown
from reconciler.gallery.approval import Approved, Standing, approval_file
from reconciler.gallery.refusal import listed, void_words
from reconciler.render.words import capitalised


def approval_lines(
    gallery: DesiredGallery,
    before: Standing,
    *,
    root: str,
    left_out: Sequence[str],
    unseen: Sequence[str],
    pointers: Sequence[str],
    is_written: bool,
) -> Iterator[str]:
    """Sentences. `before` is how the version stood; `unseen` are files that git is told to ignore, `pointers` cases without their pictures."""
    if before.approved is Approved.VOID:
        yield f"It replaces an approval that is void: {void_words(before.void)}."
    if before.approved is Approved.DAMAGED:
        yield f"It replaces a file that is no approval of this version: it {before.reason}."
    if left_out:
        yield f"{capitalised(listed(left_out))} {'is' if len(left_out) == 1 else 'are'} not there, and no guard asks for {'it' if len(left_out) == 1 else 'them'}."
    if pointers:
        yield f"Nobody can have looked at {listed(pointers)} here: the pictures lie in Git LFS, and `git lfs pull` fetches them."
    if not is_written:
        return
    folder = f"{root}/{gallery.folder}"
    yield f"Commit {root}/{approval_file(gallery.folder, before.fingerprint)} and {folder}/{before.fingerprint}/."
    if unseen:
        yield f"Git ignores {listed([shown(f'{root}/{path}') for path in unseen])}: elsewhere nothing of it is there. Change .gitignore, or add it with `git add --force`."
