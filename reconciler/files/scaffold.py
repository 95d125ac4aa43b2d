"""The files that `init` writes: the first manifests of a brand. A file that exists is never touched."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.core.guide import Family, default_prefix
from reconciler.files.whole_file import create_file

MODELINE = "# yaml-language-server: $schema={schema}"
IMAGES = "lora-poses/images"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaffold:
    """What was written, and what was there already, as paths below the root."""

    written: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def write_scaffold(
    root: Path,
    *,
    images: str | None = None,
    schema: str = "manifest.schema.json",
    simulated: bool = True,
    family: Family = "prefix",
) -> Scaffold:
    """Write an example tree below `root`, file by file, leaving every file that exists as it is.

    `images` is an existing folder with images, relative to `root`; without it an empty one is made, with a note that
    says what belongs there. `schema` is what the editor's line at the top of each document names. `simulated` lets
    reconciler.yaml send requests to the simulator: to try things out, not for CI, which would be green and do nothing.
    `family` is that of the account.
    """
    texts = _files(images, schema, family, simulated=simulated)
    return write_new(root, {name: text.encode() for name, text in texts.items()})


def write_new(folder: Path, contents: Mapping[str, bytes]) -> Scaffold:
    """Write each file that is not there, and leave the others as they are. Paths are below the folder."""
    written: list[str] = []
    kept: list[str] = []
    for name, data in contents.items():
        (written if create_file(folder / name, data) else kept).append(name)
    return Scaffold(written=tuple(written), kept=tuple(kept))


def _files(images: str | None, schema: str, family: Family, *, simulated: bool) -> dict[str, str]:
    name, description, medium, kind = "Lora", "a female character with purple hair", "illustration", "defined_character"
    modeline = MODELINE.format(schema=schema)
    words = {"name": name, "description": description, "medium": medium, "kind": kind}
    if family == "schema":
        guide, sidecar, model, version = _SCHEMA.format(**words), "wave.json", "lora-model", ""
    else:
        guide = _PREFIX.format(prefix=default_prefix(medium, kind, name, description))
        sidecar, model, version = "wave.txt", "lora-max", "\n  training_version: max"
    texts = {
        "reconciler.yaml": _CONFIGURATION.format(endpoint=_SIMULATED if simulated else _REAL),
        "lora.yaml": _PROJECT.format(modeline=modeline, family=f"family: {family}".ljust(31), **words),
        "lora-poses.yaml": _DATASET.format(modeline=modeline, guide=guide, images=images or IMAGES, sidecar=sidecar),
        f"{model}.yaml": _MODEL.format(modeline=modeline, model=model, version=version),
    }
    if images is None:
        texts[f"{IMAGES}/README.md"] = _NOTE.format(sidecar=sidecar, **_SIDECARS[family])
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
  {family} # prefix or schema, as the account is; families never mix in a project
"""

_DATASET = """\
{modeline}
apiVersion: reconciler/v1
kind: Dataset
metadata:
  name: lora-poses
spec:
  project: lora
{guide}
  images:
    path: {images}        # 5 to 50 images, PNG, JPEG or WebP, 1024 pixels or more on each side
  captions:
    source: automatic             # or sidecar ({sidecar} beside wave.png), or file (captions.yaml)
  status: completed               # draft: fill it, but let people review the captions first
"""

_PREFIX = """\
  # Every caption continues this text. This is what Bria itself would write.
  caption_prefix: "{prefix}\""""

_SCHEMA = """\
  # Every caption follows this JSON document. Once images are here, `reconciler guide lora-poses --write` asks Bria
  # for a better one.
  visual_schema:
    medium: {medium}
    subject:
      name: {name}
      description: {description}"""

_MODEL = """\
{modeline}
apiVersion: reconciler/v1
kind: Model
metadata:
  name: {model}
spec:
  dataset: lora-poses
  training_mode: fully_automated{version}
  training:
    start: false                  # true: train it, for 1 to 3 hours, at Bria's price
"""

_NOTE = """\
# Put the images of lora-poses here

5 to 50 pictures of the character, as PNG, JPEG or WebP, at least 1024 pixels on each side, in different poses and
places, without text or other characters. Then run `reconciler validate`.

Captions are written by Bria. To write them yourself, put `{sidecar}` beside `wave.png` with {what} such as

    {caption}

and write `source: sidecar` in ../../lora-poses.yaml.
"""

_SIDECARS: dict[Family, dict[str, str]] = {
    "prefix": {"what": "one sentence", "caption": "waving with both arms, standing in a meadow."},
    "schema": {
        "what": "one JSON document",
        "caption": '{"action": "waving with both arms", "setting": "a meadow"}',
    },
}
"""What a caption beside an image looks like."""
