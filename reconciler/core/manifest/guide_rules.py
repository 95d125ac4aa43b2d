"""The guide that a dataset declares: a prefix, a schema in the manifest, or a schema in a file; and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from reconciler.core.guide import Guide, PrefixGuide, SchemaGuide, default_prefix, schema_guide
from reconciler.core.manifest.loaded import Manifest, SchemaFile
from reconciler.core.manifest.spec import DatasetSpec, ProjectSpec
from reconciler.core.manifest.suggestion import one_of
from reconciler.core.manifest.text_rules import is_plain, judge_text
from reconciler.core.problem import Location, Problem
from reconciler.core.strictjson import DEPTH_LIMIT, BadJson, Value, loads
from reconciler.core.text import normal, quoted

SCHEMA_LIMIT = 64 * 1024
"""Bytes that the text of a schema may have, as it is sent."""

GUIDE_MISSING = "dataset-caption-prefix-missing"
"""The one problem in spite of which the API can be asked for a guide."""

_NOTHING = SchemaGuide(text="{}")
_OTHER_FAMILY = "In an account of the schema family it is a visual_schema instead (docs/families.md)."
_EXAMPLE = "A schema is a JSON object that says what captions tell, such as {style: flat, colours: [red, blue]}."
_PLAIN = f"Correct it: a schema is plain JSON, each key once in its object, at most {DEPTH_LIMIT} levels deep."


def declared_guide(spec: DatasetSpec, file: SchemaFile | None) -> Guide:
    """What guides the captions. An empty guide stands for one that is missing or broken, which is a Problem."""
    if spec.family == "prefix":
        return PrefixGuide(text=spec.caption_prefix or "")
    document = _document(spec, file)
    if not isinstance(document, Mapping):
        return _NOTHING
    try:
        return schema_guide(document)
    except (ValueError, RecursionError):
        return _NOTHING


def _document(spec: DatasetSpec, file: SchemaFile | None) -> Value:
    if spec.visual_schema is not None:
        return spec.visual_schema
    try:
        return None if file is None else loads(file.text)
    except BadJson:
        return None


def judge_guide(
    manifest: Manifest, spec: DatasetSpec, file: SchemaFile | None, project: ProjectSpec | None, *, needs_guide: bool
) -> Iterator[Problem]:
    """Exactly one guide, and one that can be sent. `file` is None where no schema file is named or it was not read."""
    keys = spec.guide_keys
    if len(keys) > 1:
        yield _two(manifest, keys)
    if not keys and needs_guide:
        yield _missing(manifest.document.at_key("spec"), manifest.ref.name, project, is_empty=False)
    prefix = spec.caption_prefix
    if prefix is not None and normal(prefix):
        if not is_plain(prefix):
            yield from judge_text(prefix, manifest.document.at("spec", "caption_prefix"), "the prefix", "prefix")
    elif prefix is not None and needs_guide:
        yield _missing(manifest.document.at("spec", "caption_prefix"), manifest.ref.name, project, is_empty=True)
    if spec.visual_schema is not None:
        yield from judge_document(spec.visual_schema, manifest.document.at("spec", "visual_schema"))
    if file is not None:
        yield from _judge_file(file)


def _two(manifest: Manifest, keys: Sequence[str]) -> Problem:
    return Problem(
        rule="dataset-guide-double",
        location=manifest.document.at_key("spec", keys[1]),
        summary=f"a dataset has one guide, and this one has {len(keys)}",
        detail=f"{' and '.join(map(quoted, keys))} stand in one manifest; captions follow a text or a JSON document.",
        remedy=f"Keep one of them: {one_of(keys)}.",
    )


def _missing(place: Location, name: str, project: ProjectSpec | None, *, is_empty: bool) -> Problem:
    proposal = project and default_prefix(project.ip_medium, project.ip_type, project.ip_name, project.ip_description)
    is_schema = project is not None and project.family == "schema" and not is_empty
    if is_schema:
        remedy = f"Let Bria propose one from your images: `reconciler guide {name} --write`"
    elif proposal:
        remedy = f"Bria would write: caption_prefix: {quoted(proposal, 400)}"
    else:
        remedy = f"Let Bria propose one from your images: `reconciler guide {name}`"
    other = "" if is_schema or is_empty or project is None or project.family else f" {_OTHER_FAMILY}"
    key, what = ("visual_schema", "follows this document") if is_schema else ("caption_prefix", "continues this text")
    return Problem(
        rule=GUIDE_MISSING,
        location=place,
        summary=f"{quoted(key)} is empty" if is_empty else f"{quoted(key)} is missing in Dataset",
        detail=f"Every caption {what}, so it is written down here and never left to a default.{other}",
        remedy=remedy,
    )


def _judge_file(file: SchemaFile) -> Iterator[Problem]:
    try:
        document = loads(file.text)
    except BadJson as bad:
        place = file.location if bad.place is None else Location(file.location.path, *bad.place)
        yield _unfit(place, "this schema cannot be read", f"{str(bad)[0].upper()}{str(bad)[1:]}.", _PLAIN)
        return
    if isinstance(document, dict):
        yield from judge_document(document, file.location)
    else:
        yield _unfit(file.location, "this schema is no JSON object", "It begins with { and ends with }.")


def judge_document(document: Mapping[str, object], place: Location) -> Iterator[Problem]:
    """What is wrong with a schema as it would be sent."""
    if not document:
        yield _unfit(place, "this schema is empty", "Captions follow what it says, and it says nothing.")
        return
    try:
        text = schema_guide(cast("Mapping[str, Value]", document)).text
        loads(text)
    except RecursionError:
        yield _unfit(place, "this schema is nested too deeply", f"At most {DEPTH_LIMIT} levels are taken.", _PLAIN)
        return
    except ValueError as bad:
        yield _unfit(place, "this schema is no JSON", f"{str(bad)[0].upper()}{str(bad)[1:]}.")
        return
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > SCHEMA_LIMIT:
        detail = f"{size:,} bytes of JSON; at most {SCHEMA_LIMIT:,} are sent."
        yield _unfit(
            place, "this schema is too large", detail, "Shorten it: what only some images show goes into captions."
        )


def _unfit(place: Location, summary: str, detail: str, remedy: str = _EXAMPLE) -> Problem:
    return Problem(
        rule="dataset-schema",
        location=place,
        summary=summary,
        detail=detail,
        remedy=remedy,
    )
