"""What a manifest object is called: its kind and its name."""

import re

from reconciler.core.kind import Kind
from reconciler.core.text import in_words
from reconciler.core.value import dataclass

NAME_LIMIT = 28
"""The most characters of `metadata.name`, so that the longest live name made from it has at most 64."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,26}[a-z0-9])?")
_ORDER = {kind: position for position, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Ref:
    """One object of the manifests; printed as `dataset/lora-poses`."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind.value}/{self.name}"

    def __hash__(self) -> int:
        """Of the name alone: the hash of an enum is slow, and large trees ask for it a hundred thousand times."""
        return hash(self.name)

    def __lt__(self, other: "Ref") -> bool:
        return (_ORDER[self.kind], self.name) < (_ORDER[other.kind], other.name)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> object:
        """In JSON a ref is its text. Pydantic calls this when a plan file is read or written, and nowhere else."""
        from pydantic_core import core_schema

        text = core_schema.no_info_after_validator_function(parse_ref, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), text]),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )


def is_name(text: str) -> bool:
    """Is this a DNS label of at most 28 lower-case ASCII characters?"""
    return _NAME.fullmatch(text) is not None


def parse_ref(text: str, kind: Kind | None = None) -> Ref:
    """Read `kind/name`, or a bare name if only one kind is expected. ValueError says what is wrong."""
    head, slash, tail = text.partition("/")
    if not slash:
        if kind is None:
            forms = in_words((f"{one.value}/NAME" for one in Kind), "or")
            raise ValueError(f"{text!r} names no kind; write it as {forms}")
        head, tail = kind.value, text
    try:
        found = Kind(head)
    except ValueError:
        raise ValueError(f"{head!r} is no kind; the kinds are {in_words(Kind, 'and')}") from None
    if kind is not None and found is not kind:
        raise ValueError(f"{text!r} is a {found.value}; a {kind.value} is expected here")
    if not is_name(tail):
        raise ValueError(f"{tail!r} is no name: lower-case letters, digits and hyphens, at most {NAME_LIMIT}")
    return Ref(found, tail)
