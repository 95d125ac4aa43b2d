"""What the image files of a revision hold. A blob is read only where the cache does not know the folder by git's id of it."""

from collections.abc import Mapping, Sequence

from reconciler.files.git.revision_tree import RevisionTree
from reconciler.files.image.digest_cache import DigestCache
from reconciler.files.image.digest_table import NO_KEY, make_table, packed
from reconciler.files.image.image_file import FILE_LIMIT, Inspection, inspect
from reconciler.files.image.scan import FolderContents, ScannedFile, known_in
from reconciler.files.tree import FileRefused
from reconciler.files.tree_listing import join


def scan_revision(
    tree: RevisionTree, names: Mapping[str, Sequence[str]], cache: DigestCache
) -> dict[str, FolderContents]:
    """What was found in the named files of each folder, by the folder's path below the root. Names are sorted, each given once.

    What was read is kept under the id of the folder, so that the next run against this revision reads no image.
    """
    ids = {folder: oid for folder in names if (oid := tree.tree_of(folder)) is not None}
    tables = cache.in_objects(ids.values())
    found: dict[str, FolderContents] = {}
    for folder, own in sorted(names.items()):
        known = known_in(tables.get(ids.get(folder, "")), own)
        found[folder] = _read(tree, folder, own, cache) if known is None else known
    return found


def _read(tree: RevisionTree, folder: str, names: Sequence[str], cache: DigestCache) -> FolderContents:
    files = {name: _inspected(tree, join(folder, name)) for name in names}
    sound = {name: one for name, one in files.items() if isinstance(one, Inspection)}
    if len(sound) < len(files):
        return files
    table = make_table((name, packed(NO_KEY), one) for name, one in sound.items())
    oid = tree.tree_of(folder)
    form = table.form_in([tree.blob_of(join(folder, name)) for name in table.names])
    if oid is not None and len(table) and form is not None:
        table.tree, table.form = oid, form
        cache.keep_tree(oid, table)
    return table


def _inspected(tree: RevisionTree, path: str) -> ScannedFile:
    try:
        size = tree.size_of(path)
        if size > FILE_LIMIT:
            return FileRefused(path, f"is larger than {FILE_LIMIT // 1024 // 1024} MB")
        with tree.open_file(path) as content:
            return inspect(content, size)
    except FileRefused as refused:
        return refused
