"""`init`: a first set of manifests with images from anywhere, and the schema by which editors check them."""

import json
import os
from dataclasses import replace
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.core.guide import Family
from reconciler.core.kind import Kind
from reconciler.core.manifest.project import ILLUSTRATION_ONLY, NEEDS_DESCRIPTION
from reconciler.core.manifest.schema import manifest_schema
from reconciler.core.manifest.slug import slug
from reconciler.core.manifest.spec import IpMedium, IpType
from reconciler.core.manifest.text_rules import judge_name
from reconciler.core.problem import Location
from reconciler.core.ref import Ref
from reconciler.core.text import quoted, shown
from reconciler.core.uploads import ONE_BY_ONE
from reconciler.core.value import dataclass
from reconciler.files.configuration import SIMULATOR
from reconciler.files.declared import refs_in
from reconciler.files.first_manifests import Brand
from reconciler.files.image.take_in import Found, copy_new, found_in
from reconciler.files.scaffold import (
    IGNORE_NAME,
    IGNORED,
    Scaffold,
    only_new,
    scaffold_texts,
    write_ignore_file,
    write_scaffold,
)
from reconciler.files.simulated_account import ACCOUNT_PATH, AccountFileRefused, account_file
from reconciler.files.whole_file import create_file

SCHEMA_NAME = "manifest.schema.json"

_SAMPLE, _SAMPLE_LOOK = "Lora", "a female character with purple hair"
_SLUG_LIMIT = 21
"""Characters of the name that files and objects are named after, which leaves room for what follows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWish:
    """What a person says about the first manifests. `folder` holds images, anywhere on this machine."""

    name: str | None = None
    description: str | None = None
    kind: IpType = "defined_character"
    medium: IpMedium = "illustration"
    folder: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTree:
    """What will be written: a brand, what was found for it, and where; nothing is written yet."""

    root: Path
    brand: Brand
    folder: Path | None
    found: Found

    @property
    def images(self) -> str:
        """The folder of the images, for people."""
        return str(self.root / self.brand.folder)

    @property
    def lacks_description(self) -> bool:
        """Must a person still say what it looks like?"""
        return self.brand.kind in NEEDS_DESCRIPTION and not self.brand.description


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written and what was there already, as paths for people, and how many files were copied."""

    scaffold: Scaffold
    copied: int


def is_wanted(root: Path, wish: FirstWish) -> bool:
    """Does a person want first manifests? In a root that has some, the sample's are wanted only where they are its own."""
    declared = refs_in(root)
    sample = Ref(Kind.PROJECT, slug(_SAMPLE, _SLUG_LIMIT, "brand"))
    return wish != FirstWish() or not declared or sample in declared


def first_tree(root: Path, wish: FirstWish, family: Family) -> FirstTree:
    """The first tree that a person asks for; WrongUsage if it cannot be made."""
    brand = _brand(wish, family)
    try:
        brand, found = _with_images(root, brand, wish.folder)
    except OSError as error:
        raise WrongUsage(f"{shown(str(error.filename or root))} cannot be read: {error.strerror}.") from None
    return FirstTree(root=root, brand=brand, folder=wish.folder, found=found)


def write_first_tree(tree: FirstTree, *, simulated: bool) -> Written:
    """Write what is missing and leave what is there. WrongUsage if nothing can be written.

    With `simulated`, a new reconciler.yaml names the simulator.
    """
    root, brand, found = tree.root, tree.brand, tree.found
    endpoint = _simulated_endpoint(root) if simulated else None
    try:
        made = write_scaffold(root, brand, endpoint=endpoint, schema=SCHEMA_NAME, is_empty=not found.images)
        made = _with_schema(root, made)
        copied = 0 if tree.folder is None or brand.images else copy_new(tree.folder, root / brand.folder, found.names)
        return Written(scaffold=_for_people(root, made, endpoint), copied=copied)
    except OSError as error:
        raise WrongUsage(f"{shown(str(error.filename or root))} cannot be used: {error.strerror}.") from None


def new_files(tree: FirstTree, *, simulated: bool) -> dict[Path, bytes]:
    """The files that `write_first_tree` would write, by path for people; what it would copy is not among them."""
    root, endpoint = tree.root, _simulated_endpoint(tree.root) if simulated else None
    texts = scaffold_texts(tree.brand, endpoint=endpoint, schema=SCHEMA_NAME, is_empty=not tree.found.images)
    found = only_new(root, {**texts, SCHEMA_NAME: _schema_text()})
    if endpoint not in {None, SIMULATOR}:
        beside = only_new(root.absolute().parent, {IGNORE_NAME: IGNORED})
        found |= {Path(os.path.relpath(place)): data for place, data in beside.items()}
    return found


def new_copies(tree: FirstTree) -> int:
    """How many files it would copy."""
    target = tree.root / tree.brand.folder
    names = () if tree.folder is None or tree.brand.images else tree.found.names
    return sum(not (target / name).exists() for name in names)


def _schema_text() -> bytes:
    return (json.dumps(manifest_schema(), indent=2) + "\n").encode()


def _brand(wish: FirstWish, family: Family) -> Brand:
    """The brand that was asked for; the sample where nobody said a name. WrongUsage where its parts do not fit."""
    name = wish.name or (_SAMPLE if wish.folder is None else wish.folder.resolve().name)
    is_sample = name == _SAMPLE and wish.kind == "defined_character"
    description = wish.description or (_SAMPLE_LOOK if is_sample else "")
    for option, text in (("--name", name), ("--description", description)):
        fault = next(judge_name(text, Location(""), option), None) if text else None
        if fault is not None:
            raise WrongUsage(f"{option}: {fault.detail or fault.summary} {fault.remedy}")
    if wish.kind in ILLUSTRATION_ONLY and wish.medium != "illustration":
        raise WrongUsage(f"--type {wish.kind} is for illustrations only; {wish.medium} cannot be its --medium.")
    return Brand(
        name=name,
        slug=slug(name, _SLUG_LIMIT, "brand"),
        description=description,
        medium=wish.medium,
        kind=wish.kind,
        family=family,
    )


def _with_images(root: Path, brand: Brand, folder: Path | None) -> tuple[Brand, Found]:
    """The brand with the folder of its images, where their captions stand, and how they are sent."""
    inside = "" if folder is None else _inside(root, folder)
    place = folder or root / brand.folder
    if folder is not None and not folder.is_dir():
        raise WrongUsage(f"--from: {quoted(str(folder), 80)} is no folder.")
    found = found_in(place, brand.family, without=root.resolve()) if place.is_dir() else Found()
    if folder is not None and not found.images:
        raise WrongUsage(f"--from: {quoted(str(folder), 80)} holds no PNG, JPEG or WebP, nor does a folder in it.")
    is_archive = len(found.images) > ONE_BY_ONE.most_images
    return replace(brand, images=inside, source=found.source, is_archive=is_archive), found


def _inside(root: Path, folder: Path) -> str:
    """A folder as a path below the root; empty where it lies elsewhere, or where manifests cannot name it."""
    try:
        path = folder.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return ""
    return "" if any(part.startswith(".") for part in path.split("/")) and path != "." else path


def _simulated_endpoint(root: Path) -> str:
    """The simulator for a new reconciler.yaml: with a file beside the root, or in memory where the file would lie outside."""
    try:
        account_file(root, ACCOUNT_PATH)
    except AccountFileRefused:
        return SIMULATOR
    return f"{SIMULATOR}:{ACCOUNT_PATH}"


def _for_people(root: Path, made: Scaffold, endpoint: str | None) -> Scaffold:
    """Paths as a person sees them, with that of the `.gitignore` beside the root where it is written too."""
    written = [str(root / name) for name in made.written]
    if endpoint not in {None, SIMULATOR} and write_ignore_file(root.absolute().parent):
        written.append(str(root.parent / IGNORE_NAME))
    return Scaffold(written=tuple(written), kept=tuple(str(root / name) for name in made.kept))


def _with_schema(root: Path, made: Scaffold) -> Scaffold:
    if not create_file(root / SCHEMA_NAME, _schema_text()):
        return Scaffold(written=made.written, kept=(*made.kept, SCHEMA_NAME))
    return Scaffold(written=(*made.written, SCHEMA_NAME), kept=made.kept)
