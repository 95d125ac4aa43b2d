"""The first manifests as texts: a project, a dataset and a model, ready to be edited, and how to run them."""

import json
import re

from reconciler.core.guide import Family, default_prefix
from reconciler.core.manifest.project import NEEDS_NAME
from reconciler.core.manifest.spec import IpMedium, IpType
from reconciler.core.value import dataclass
from reconciler.files.simulated_account import ACCOUNT_PATH

MODELINE = "# yaml-language-server: $schema={schema}"

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?: [A-Za-z0-9]+)*")
_WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_CHARACTERS = frozenset({"defined_character", "character_variants"})
_COMMENT = 32
"""The column of comments behind values, where the values leave room for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What the first manifests are about. `slug` is what files and objects are named after.

    `images` is the folder of the images, relative to the root, and `source` where their captions were found.
    `description` is empty where nobody said what it looks like.
    """

    name: str
    slug: str
    description: str
    medium: IpMedium
    kind: IpType
    family: Family
    images: str = ""
    source: str = "automatic"
    is_archive: bool = False

    @property
    def dataset(self) -> str:
        """The name of its dataset."""
        return f"{self.slug}-{'poses' if self.kind in _CHARACTERS else 'images'}"

    @property
    def model(self) -> str:
        """The name of its model."""
        return f"{self.slug}-{'max' if self.family == 'prefix' and not self.is_archive else 'model'}"

    @property
    def folder(self) -> str:
        """Where its images lie, relative to the root."""
        return self.images or f"{self.dataset}/images"

    @property
    def sidecar(self) -> str:
        """What a caption beside an image is called."""
        return "wave.txt" if self.family == "prefix" else "wave.json"


def manifest_texts(brand: Brand, schema: str) -> dict[str, str]:
    """The manifests by their paths below the root. `schema` is what the editor's line at the top of each names."""
    modeline = MODELINE.format(schema=schema)
    return {
        f"{brand.slug}.yaml": _project(brand, modeline),
        f"{brand.dataset}.yaml": _dataset(brand, modeline),
        f"{brand.model}.yaml": _model(brand, modeline),
    }


def configuration_text(endpoint: str | None) -> str:
    """A `reconciler.yaml`. `endpoint` is the simulator that it names; None where CI is to reach the vendor's API."""
    words = _KEPT if (endpoint or "").endswith(ACCOUNT_PATH) else _LOST
    return _CONFIGURATION.format(endpoint=words.format(endpoint=endpoint) if endpoint else _REAL)


def note_text(brand: Brand) -> str:
    """What belongs into the image folder, for a person who finds it empty."""
    what, caption = _SIDECARS[brand.family]
    return _NOTE.format(dataset=brand.dataset, sidecar=brand.sidecar, what=what, caption=caption)


def _project(brand: Brand, modeline: str) -> str:
    description = brand.description or _unsaid(brand)
    keys = [
        ("project_name", brand.name, "the name at Bria"),
        (
            "ip_name",
            brand.name if brand.kind in NEEDS_NAME or len(brand.name.split()) <= 3 else "",
            "one to three words",
        ),
        ("ip_description", description, "" if brand.description else "write what it looks like, in up to six words"),
        ("ip_medium", brand.medium, "photography or illustration; cannot be changed later"),
        ("ip_type", brand.kind, "what kind of thing is learned; cannot be changed later"),
        ("family", brand.family, "prefix or schema, as the account is; families never mix in a project"),
    ]
    name = _line("  name", brand.slug, "how other files refer to it; it never changes")
    spec = "".join(_line(f"  {key}", value, comment) for key, value, comment in keys if value)
    return f"{modeline}\napiVersion: reconciler/v1\nkind: Project\nmetadata:\n{name}spec:\n{spec}"


def _unsaid(brand: Brand) -> str:
    """What stands for the look of a thing that nobody has described, where the API asks for one."""
    what = {"defined_character": "a character", "object_variants": "an object"}.get(brand.kind)
    return f"{what} called {brand.name}" if what else ""


def _dataset(brand: Brand, modeline: str) -> str:
    archive = "  upload_type: advanced           # more than 200 images, in one archive\n" if brand.is_archive else ""
    source = f"automatic, sidecar ({brand.sidecar} beside wave.png), or file (captions.yaml)"
    return (
        f"{modeline}\napiVersion: reconciler/v1\nkind: Dataset\nmetadata:\n  name: {brand.dataset}\nspec:\n"
        f"  project: {brand.slug}\n{archive}{_guide(brand)}"
        f"  images:\n{_line('    path', brand.folder, 'PNG, JPEG or WebP, best with 1024 pixels or more on each side')}"
        f"  captions:\n{_line('    source', brand.source, source)}"
        f"{_line('  status', 'completed', 'draft: fill it, but let people review the captions first')}"
    )


def _guide(brand: Brand) -> str:
    if brand.family == "schema":
        subject = f"      name: {_yaml(brand.name)}\n"
        subject += f"      description: {_yaml(brand.description)}\n" if brand.description else ""
        return (
            "  # Every caption follows this JSON document. Once images are here, Bria proposes a better one:\n"
            f"  # `reconciler guide {brand.dataset} --write`.\n"
            f"  visual_schema:\n    medium: {brand.medium}\n    subject:\n{subject}"
        )
    written = default_prefix(brand.medium, brand.kind, brand.name, brand.description)
    comment = (
        "  # Every caption continues this text. This is what Bria itself would write.\n"
        if written
        else "  # Every caption continues this text. Make it yours, or let Bria propose one:\n"
        f"  # `reconciler guide {brand.dataset} --write`.\n"
    )
    return f"{comment}  caption_prefix: {json.dumps(written or _first_prefix(brand), ensure_ascii=False)}\n"


def _first_prefix(brand: Brand) -> str:
    """A prefix to begin with, where nobody knows how Bria words it."""
    picture = "An illustration" if brand.medium == "illustration" else "A photo"
    match brand.kind:
        case "defined_character" | "character_variants":
            return f"{picture} of a character named {brand.name},"
        case "stylized_scene":
            return f"{picture} in the style of {brand.name},"
        case "icons":
            return f"An icon in the style of {brand.name},"
        case _:
            return f"{picture} of {brand.name},"


def _model(brand: Brand, modeline: str) -> str:
    mode = "expert" if brand.is_archive else "fully_automated"
    version = "" if brand.family == "schema" else f"  training_version: {'bria-3.2' if brand.is_archive else 'max'}\n"
    start = _line("    start", "false", "true: train it, for 1 to 3 hours, at Bria's price")
    return (
        f"{modeline}\napiVersion: reconciler/v1\nkind: Model\nmetadata:\n  name: {brand.model}\nspec:\n"
        f"  dataset: {brand.dataset}\n  training_mode: {mode}\n{version}  training:\n{start}"
    )


def _line(key: str, value: str, comment: str) -> str:
    """One key with its value, and a comment behind it."""
    said = f"{key}: {value if value in {'true', 'false'} else _yaml(value)}"
    return f"{said:<{_COMMENT}} # {comment}\n" if comment else f"{said}\n"


def _yaml(text: str) -> str:
    """A text as YAML reads it back."""
    bare = text.replace("_", "a").replace("-", "a").replace("/", "a").replace(".", "a")
    if _PLAIN.fullmatch(bare) and _PLAIN.match(text) and text.casefold() not in _WORDS_OF_YAML:
        return text
    return json.dumps(text, ensure_ascii=False)


_CONFIGURATION = """\
# How reconciler runs in this repository. Everything here can be left out.

# Where to send requests: the vendor's API (the default), or the built-in simulator, which needs no account.
{endpoint}

# Your plan at Bria, for the number of calls a minute: free_trial, starter, pro or enterprise.
# tier: starter

# What one apply may do without being asked again.
# limits: {{trainings: 1, caption_rewrites: 0, image_removals_percent: 30}}
"""

_KEPT = """\
# The simulated account is kept in a file that git ignores; delete it to begin anew. Remove the line once you have a token:
# with it nothing ever reaches Bria.
endpoint: {endpoint}"""

_LOST = """\
# Remove this line once you have a token: with it nothing ever reaches Bria, and what is made ends with each command.
endpoint: {endpoint}"""

_REAL = """\
# CI applies to the vendor's API, so this stays out; on your own machine `--endpoint simulator` does the same.
# endpoint: simulator"""

_NOTE = """\
# Put the images of {dataset} here

5 to 50 pictures, as PNG, JPEG or WebP, best with 1024 pixels or more on each side, of one thing in many poses and places, without
text or other things. Then run `reconciler validate`.

Captions are written by Bria. To write them yourself, put `{sidecar}` beside `wave.png` with {what} such as

    {caption}

and write `source: sidecar` in the manifest of {dataset}.
"""

_SIDECARS: dict[Family, tuple[str, str]] = {
    "prefix": ("one sentence", "waving with both arms, standing in a meadow."),
    "schema": ("one JSON document", '{"action": "waving with both arms", "setting": "a meadow"}'),
}
"""What a caption beside an image looks like."""
