"""A request, its answer, and the errors in the shapes that the API documents for each operation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

Shape = Literal["message", "fields", "error", "text", "detail", "list", "envelope"]

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it arrives: `path` with its `/v1`, `query` raw and without the question mark."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """A header by its lower-case name, whatever the case it was sent in."""
        found = self.headers.get(name)
        if found is not None:
            return found
        return next((value for key, value in self.headers.items() if key.lower() == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer.

    `delay` is in simulated seconds and is for whoever carries the answer to wait; `handle` itself never waits.
    `complete=False` means that `body` is only the beginning of what the `content-length` header promises. A `file` is
    a body that is too large to be held in memory, without its first `skip` bytes; only a server over a socket can hand it
    out.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    complete: bool = True
    file: Path | None = None
    skip: int = 0


class Dropped(Exception):
    """The connection ended without an answer; `committed` says whether the world had taken the request."""

    def __init__(self, *, committed: bool) -> None:
        super().__init__("connection dropped " + ("after" if committed else "before") + " the request was committed")
        self.committed = committed


class Instead(Exception):
    """A hook's own answer, given in place of the API's."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"answered {response.status} by a hook")
        self.response = response


class Rejection(Exception):
    """The API refuses: a status, a sentence, and where the fault lies in one field, that field."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        name: str = "",
        given: object = "",
        shape: Shape | None = None,
        place: Literal["path", "query"] = "path",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.name = name
        self.given = given
        self.shape = shape
        self.place = place
        self.headers = headers or {}


def answer(status: int, document: object, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    body = json.dumps(document, separators=(",", ":")).encode()
    return Response(status=status, headers={"content-type": JSON, **(headers or {})}, body=body)


def empty(status: int) -> Response:
    """An answer without a body."""
    return Response(status=status)


def page(status: int, text: str) -> Response:
    """An HTML page, as a gateway in front of the API would send it."""
    return Response(status=status, headers={"content-type": HTML}, body=f"<html><body>{text}</body></html>".encode())


# (operation, status) -> shape, where the documents name one; a status without an operation is the rule for the rest.
SHAPES: Final[Mapping[tuple[str, int], Shape]] = {
    ("update-image-caption", 400): "error",
    ("list-checkpoints", 400): "text",
    ("list-checkpoints", 404): "text",
    ("get-checkpoint", 400): "text",
    ("get-checkpoint", 404): "text",
    ("delete-checkpoint", 400): "text",
    ("delete-checkpoint", 404): "text",
    ("", 403): "text",
    ("", 422): "message",
}


def shape_of(operation: str, status: int, *, field_known: bool = False) -> Shape:
    """The body shape of an error; a breach of one field of `start_training` has a shape of its own."""
    named = SHAPES.get((operation, status)) or SHAPES.get(("", status))
    if named is not None:
        return named
    return "fields" if operation == "start-training" and status == 400 and field_known else "message"


def refuse(rejection: Rejection, operation: str) -> Response:
    """The answer that carries a rejection."""
    shape = rejection.shape or shape_of(operation, rejection.status, field_known=bool(rejection.name))
    message = rejection.message
    envelope = {"code": rejection.status, "message": message, "details": rejection.name}
    documents: Mapping[Shape, object] = {
        "message": {"message": message},
        "fields": {
            "errors": [{"msg": message, "field_name": rejection.name, "field_input": text_of(rejection.given)}],
        },
        "error": {"error": message},
        "text": message,
        "detail": {"detail": message},
        "list": [{"type": "invalid", "loc": [rejection.place, rejection.name], "msg": message}],
        "envelope": {"error": envelope, "request_id": ""},
    }
    return answer(rejection.status, documents[shape], rejection.headers)


def text_of(value: object) -> str:
    """A value of a request as the text that an error quotes."""
    return value if isinstance(value, str) else json.dumps(value)
