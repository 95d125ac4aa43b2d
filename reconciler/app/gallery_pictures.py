"""What of the results of a gallery can be shown: pictures made as large as a page has room for, vector graphics, words.

Everything comes from files below the root. A file is shown only while it is the one whose digest is known.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

from reconciler.app.pictures import small_pictures
from reconciler.core.gallery import CaseResult, CaseState
from reconciler.core.strictjson import BadJson, loads
from reconciler.core.text import count
from reconciler.files.drawn import looked_at
from reconciler.files.image.image_file import inspect
from reconciler.files.tree import Tree
from reconciler.render.gallery_picture import ShownResult, ShownResults, edge_for, fitting_edge, picture_uri, vector_uri

_PIXELS: Final = ("png", "jpg", "webp")
_VECTOR_LIMIT: Final = 2_000_000
"""Bytes of vector graphics that stand in a page; they cannot be made smaller."""

_WORDS_LIMIT: Final = 200_000
_SAMPLE: Final = 24
"""Pictures that are made to see how large they get; no more than these always fit."""

_DRAWS_FROM_OUTSIDE: Final = (b"<!ENTITY", b"<?xml-stylesheet")
_NO_PICTURE: Final = "the file cannot be shown, or is another one by now"


def shown_results(root: Path, cells: Iterable[CaseResult], most_edge: int = 0) -> ShownResults:
    """What these results show, by the digest of their files. `most_edge` bounds the pictures of a page with other things on it."""
    here = {
        one.digest: one.file for one in cells if one.digest and one.has_content and one.state is not CaseState.DAMAGED
    }
    pixels = {digest: path for digest, path in here.items() if path.endswith(tuple(f".{end}" for end in _PIXELS))}
    edge = _edge(root, pixels, min(edge_for(len(pixels)), most_edge or edge_for(0)))
    small = small_pictures(root, pixels, edge)
    found = {
        digest: _pictured(small[digest]) if digest in small else ShownResult(reason=_NO_PICTURE) for digest in pixels
    }
    return ShownResults(
        by_digest=found | _others(root, {one: here[one] for one in here if one not in pixels}), edge=edge
    )


def _edge(root: Path, paths: Mapping[str, str], edge: int) -> int:
    """As large as the number of pictures allows, or smaller where the first of them say that they would not fit."""
    if len(paths) <= _SAMPLE:
        return edge
    step = len(paths) // _SAMPLE
    some = small_pictures(root, dict(list(paths.items())[::step]), edge)
    return fitting_edge(edge, len(paths), [len(one) for one in some.values()])


def _pictured(webp: bytes) -> ShownResult:
    facts = inspect(BytesIO(webp)).facts
    if facts is None:
        return ShownResult(reason=_NO_PICTURE)
    return ShownResult(uri=picture_uri(webp), width=facts.width, height=facts.height)


def _others(root: Path, paths: Mapping[str, str]) -> dict[str, ShownResult]:
    if not paths:
        return {}
    with Tree(root) as tree:
        return {digest: _other(tree, path, digest) for digest, path in paths.items()}


def _other(tree: Tree, path: str, digest: str) -> ShownResult:
    name = path.rpartition("/")[2]
    if name.endswith(".zip"):
        return ShownResult(reason="several files in a zip, which a page cannot show")
    is_vector = name.endswith(".svg")
    limit = _VECTOR_LIMIT if is_vector else _WORDS_LIMIT
    try:
        with tree.open_file(path) as file:
            data = file.read(limit + 1)
    except OSError:
        return ShownResult(reason=_NO_PICTURE)
    if len(data) > limit:
        return ShownResult(reason=f"the file has more than {count(limit, 'byte')}, too much for a page")
    if sha256(data).hexdigest() != digest:
        return ShownResult(reason=_NO_PICTURE)
    return _vector(data) if is_vector else _words(data)


def _vector(data: bytes) -> ShownResult:
    """As it came, where it is whole and uses nothing that lies elsewhere."""
    file = looked_at(data)
    if isinstance(file, str) or file.suffix != "svg":
        return ShownResult(reason=_NO_PICTURE)
    if any(one in data for one in _DRAWS_FROM_OUTSIDE):
        return ShownResult(reason="the vector graphics use entities or style sheets, and are not shown for that")
    return ShownResult(uri=vector_uri(data))


def _words(data: bytes) -> ShownResult:
    """A structured prompt, laid out for reading."""
    try:
        document = loads(data)
    except BadJson:
        return ShownResult(reason="the file is no JSON that can be shown")
    return ShownResult(lines=tuple(json.dumps(document, indent=2, ensure_ascii=False).split("\n")))
