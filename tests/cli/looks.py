"""Results of galleries as a run leaves them, without a run: pictures of one colour with their records."""

import json
from hashlib import sha256
from pathlib import Path

from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired
from reconciler.files.load import load
from tests.cli.conftest import drawn

ROOT = Path("manifests")
GALLERY = """\
apiVersion: reconciler/v1
kind: Gallery
metadata: {name: looks}
spec:
  model: lora-max
  path: looks
  cases:
    - {name: reading, prompt: reading, seed: 7}
    - {name: waving, prompt: waving, seed: 7}
"""


def tree_of(root: Path = ROOT) -> Desired:
    """What a working tree declares."""
    return resolve_tree(load(root))


def draw_looks(fingerprint: str, *names: str, colour: int = 0, gallery: str = "looks", root: Path = ROOT) -> None:
    """A result of each case, or of the named ones."""
    found = tree_of(root).galleries[gallery]
    folder = root / found.folder / fingerprint
    folder.mkdir(parents=True, exist_ok=True)
    for number, case in enumerate(found.cases):
        if names and case.name not in names:
            continue
        data = drawn((number * 20, 5, (colour + ord(fingerprint[1])) % 256), "PNG")
        record = {
            "case": case.name,
            "fingerprint": fingerprint,
            "checkpoint": None,
            "definition": case.definition,
            "file": {"type": "image/png", "sha256": sha256(data).hexdigest(), "size": len(data)},
        }
        (folder / f"{case.name}.png").write_bytes(data)
        (folder / f"{case.name}.json").write_text(json.dumps(record))


def approve_looks(fingerprint: str, gallery: str = "looks", root: Path = ROOT) -> Path:
    """The file that `reconciler gallery approve` writes."""
    from reconciler.core.gallery import Column
    from reconciler.files.gallery_folder import read_results
    from reconciler.gallery.approval import approval_file, approval_of, approval_text

    found = tree_of(root).galleries[gallery]
    results = read_results(root, found, [Column(fingerprint)]).of(Column(fingerprint))
    place = root / approval_file(found.folder, fingerprint)
    place.write_text(approval_text(approval_of(found, fingerprint, results)))
    return place
