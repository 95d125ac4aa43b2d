"""The files that `init` writes: the first manifests of a brand. A file that exists is never touched."""

from collections.abc import Mapping
from pathlib import Path

from reconciler.core.value import dataclass
from reconciler.files.first_manifests import Brand, configuration_text, manifest_texts, note_text
from reconciler.files.simulated_account import OWN_FOLDER
from reconciler.files.whole_file import create_file

IGNORE_NAME = ".gitignore"
IGNORED = f"""\
# What reconciler keeps for itself: the journal, and a simulated account.
{OWN_FOLDER}/
""".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaffold:
    """What was written, and what was there already, as paths below the folder in question."""

    written: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def write_scaffold(
    root: Path,
    brand: Brand,
    *,
    endpoint: str | None,
    schema: str = "manifest.schema.json",
    is_empty: bool = True,
) -> Scaffold:
    """Write the first tree below `root`, file by file, leaving every file that exists as it is.

    `endpoint` is the simulator that a new reconciler.yaml names; None for CI, which would be green and do nothing.
    `schema` is what the editor's line at the top of each document names. With `is_empty` a note in the image folder says
    what belongs there.
    """
    return write_new(root, scaffold_texts(brand, endpoint=endpoint, schema=schema, is_empty=is_empty))


def scaffold_texts(
    brand: Brand, *, endpoint: str | None, schema: str = "manifest.schema.json", is_empty: bool = True
) -> dict[str, bytes]:
    """What the files of a first tree hold, by path below the root."""
    texts = {"reconciler.yaml": configuration_text(endpoint), **manifest_texts(brand, schema)}
    if is_empty:
        texts[f"{brand.folder}/README.md"] = note_text(brand)
    return {name: text.encode() for name, text in texts.items()}


def write_ignore_file(folder: Path) -> bool:
    """Keep `.reconciler` out of git where there is no such file. One that is there needs no line: the folder has its own."""
    return create_file(folder / IGNORE_NAME, IGNORED)


def only_new(folder: Path, contents: Mapping[str, bytes]) -> dict[Path, bytes]:
    """Of these files those that are not there, by path; `write_new` would write just them."""
    places = {folder / name: data for name, data in contents.items()}
    return {place: data for place, data in places.items() if not (place.exists() or place.is_symlink())}


def write_new(folder: Path, contents: Mapping[str, bytes]) -> Scaffold:
    """Write each file that is not there, and leave the others as they are. Paths are below the folder."""
    written: list[str] = []
    kept: list[str] = []
    for name, data in contents.items():
        (written if create_file(folder / name, data) else kept).append(name)
    return Scaffold(written=tuple(written), kept=tuple(kept))
