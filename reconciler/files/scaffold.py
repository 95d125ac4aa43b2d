"""The files that `init` writes: the first manifests of a brand, and what CI needs. A file that exists is never touched."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from reconciler.core.guide import default_prefix
from reconciler.files.whole_file import create_file

Vendor = Literal["github", "gitlab"]

MODELINE = "# yaml-language-server: $schema={schema}"
IMAGES = "lora-poses/images"

_PIPELINES: dict[Vendor, dict[str, str]] = {
    "github": {".github/workflows/reconciler.yml": "github.yml"},
    "gitlab": {".gitlab/reconciler.yml": "gitlab.yml", ".gitlab-ci.yml": "gitlab-include.yml"},
}
"""Where each file goes, and what it is called in the package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaffold:
    """What was written, and what was there already, as paths below the root."""

    written: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def write_scaffold(
    root: Path, *, images: str | None = None, schema: str = "manifest.schema.json", simulated: bool = True
) -> Scaffold:
    """Write an example tree below `root`, file by file, leaving every file that exists as it is.

    `images` is an existing folder with images, relative to `root`; without it an empty one is made, with a note that
    says what belongs there. `schema` is what the editor's line at the top of each document names. `simulated` lets
    reconciler.yaml send requests to the simulator: to try things out, not for CI, which would be green and do nothing.
    """
    texts = _files(images, schema, simulated=simulated)
    return _write_new(root, {name: text.encode() for name, text in texts.items()})


def write_pipeline(folder: Path, vendor: Vendor) -> Scaffold:
    """Write what CI of this vendor needs into the top folder of a repository; paths below it. OSError where it cannot.

    Where `.gitlab-ci.yml` is there already it is kept, and must be told to include `.gitlab/reconciler.yml`.
    """
    source = files("reconciler.files") / "workflow"
    return _write_new(folder, {name: (source / model).read_bytes() for name, model in _PIPELINES[vendor].items()})


def _write_new(folder: Path, contents: Mapping[str, bytes]) -> Scaffold:
    written: list[str] = []
    kept: list[str] = []
    for name, data in contents.items():
        (written if create_file(folder / name, data) else kept).append(name)
    return Scaffold(written=tuple(written), kept=tuple(kept))


def _files(images: str | None, schema: str, *, simulated: bool) -> dict[str, str]:
    name, description, medium, kind = "Lora", "a female character with purple hair", "illustration", "defined_character"
    modeline = MODELINE.format(schema=schema)
    prefix = default_prefix(medium, kind, name, description)
    texts = {
        "reconciler.yaml": _CONFIGURATION.format(endpoint=_SIMULATED if simulated else _REAL),
        "lora.yaml": _PROJECT.format(modeline=modeline, name=name, description=description, medium=medium, kind=kind),
        "lora-poses.yaml": _DATASET.format(modeline=modeline, prefix=prefix, images=images or IMAGES),
        "lora-max.yaml": _MODEL.format(modeline=modeline),
    }
    if images is None:
        texts[f"{IMAGES}/README.md"] = _NOTE
    return texts


_CONFIGURATION = """\
# How reconciler runs in this repository. Everything here can be left out.

# Where to send requests: the vendor's API (the default), or the built-in simulator, which needs no account.
{endpoint}

# Your plan at Bria, for the number of calls a minute: free_trial, starter, pro or enterprise.
# tier: starter

# What one apply may do without being asked again.
# limits: {{trainings: 1, caption_rewrites: 0, image_removals_percent: 30}}
"""

_SIMULATED = """\
# Remove this line once you have a token: with it nothing ever reaches Bria, and what is made ends with each command.
endpoint: simulator"""

_REAL = """\
# CI applies to the vendor's API, so this stays out; on your own machine `--endpoint simulator` does the same.
# endpoint: simulator"""

_PROJECT = """\
{modeline}
apiVersion: reconciler/v1
kind: Project
metadata:
  name: lora                      # how other files refer to it; it never changes
spec:
  project_name: Lora              # the name at Bria
  ip_name: {name}                   # one to three words
  ip_description: {description}
  ip_medium: {medium}         # photography or illustration; cannot be changed later
  ip_type: {kind}      # what kind of thing is learned; cannot be changed later
"""

_DATASET = """\
{modeline}
apiVersion: reconciler/v1
kind: Dataset
metadata:
  name: lora-poses
spec:
  project: lora
  # Every caption continues this text. This is what Bria itself would write.
  caption_prefix: "{prefix}"
  images:
    path: {images}        # 5 to 50 images, PNG, JPEG or WebP, 1024 pixels or more on each side
  captions:
    source: automatic             # or sidecar (wave.txt beside wave.png), or file (captions.yaml)
  status: completed               # draft: fill it, but let people review the captions first
"""

_MODEL = """\
{modeline}
apiVersion: reconciler/v1
kind: Model
metadata:
  name: lora-max
spec:
  dataset: lora-poses
  training_mode: fully_automated
  training_version: max
  training:
    start: false                  # true: train it, for 1 to 3 hours, at Bria's price
"""

_NOTE = """\
# Put the images of lora-poses here

5 to 50 pictures of the character, as PNG, JPEG or WebP, at least 1024 pixels on each side, in different poses and
places, without text or other characters. Then run `reconciler validate`.

Captions are written by Bria. To write them yourself, put `wave.txt` beside `wave.png` with one sentence such as

    waving with both arms, standing in a meadow.

and write `source: sidecar` in ../../lora-poses.yaml.
"""
