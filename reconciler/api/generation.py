"""Answers of the operations that draw: results and their addresses, jobs and how they are. Pure; ValueError if unfit.

Every answer has several shapes in the documents (V23, V26, V31 to V36), and all of them are read.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Final

from reconciler.api.error_text import safe
from reconciler.api.payload import ModelPayload, fit
from reconciler.api.translate import model
from reconciler.core.live import RemoteModel
from reconciler.core.value import dataclass

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One result: its address, which is never shown or kept, and what the answer says of it."""

    address: str = field(default="", repr=False)
    seed: int | None = None
    warning: str = ""
    structured_prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The results of a v1 request. A blocked one may be missing, or have no address (V23)."""

    results: tuple[Result, ...]


class JobState(StrEnum):
    """How a job of v2 is."""

    RUNNING = "IN_PROGRESS"
    DONE = "COMPLETED"
    FAILED = "ERROR"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """The state of a job, with its result or the words of its failure."""

    state: JobState
    result: Result | None = None
    words: str = ""


NOT_KNOWN: Final = JobStatus(state=JobState.UNKNOWN, words="the API knows nothing of this job any more")


def drawer(document: object, *, id: int) -> tuple[RemoteModel, str | None]:  # noqa: A002 - the API's word
    """A model with its prefix; None where the answer does not tell, as that of newer documents."""
    return model(document, id=id), fit(ModelPayload, document).generation_prefix


def drawn(document: object) -> Drawn:
    """The results of a v1 request, under either key (V26)."""
    found = document if isinstance(document, Mapping) else {}
    if isinstance(found.get("image_res"), str):
        return Drawn(results=(Result(address=found["image_res"]),))
    entries = found.get("result")
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise ValueError("holds no results")
    return Drawn(results=tuple(_result(entry) for entry in entries))


def _result(entry: Mapping[str, object]) -> Result:
    urls = entry.get("urls")
    first = urls[0] if isinstance(urls, list) and urls else ""
    warning = entry.get("warning")
    return Result(
        address=first if isinstance(first, str) else "",
        seed=_seed(entry.get("seed")),
        warning=safe(warning, str) if isinstance(warning, str) else "",
    )


def request_id(document: object) -> str:
    """The id of a job that was begun. It becomes a part of a path, so only letters that mean nothing there are taken."""
    found = document.get("request_id") if isinstance(document, Mapping) else None
    if not isinstance(found, str) or _REQUEST_ID.fullmatch(found) is None:
        raise ValueError("holds no request_id")
    return found


def job_status(document: object) -> JobStatus:
    """How a job is; the state in any case of letters (V34)."""
    found = document if isinstance(document, Mapping) else {}
    word = found.get("status")
    try:
        state = JobState(word.upper() if isinstance(word, str) else "")
    except ValueError:
        raise ValueError("status: is none that is known") from None
    if state is JobState.DONE:
        return JobStatus(state=state, result=_job_result(found.get("result")))
    error = found.get("error")
    message = error.get("message") if isinstance(error, Mapping) else None
    return JobStatus(state=state, words=safe(message, str) if isinstance(message, str) else "")


def _job_result(found: object) -> Result:
    if not isinstance(found, Mapping):
        raise ValueError("result: is missing")  # noqa: TRY004 - like all that does not fit
    address, told = found.get("image_url"), found.get("structured_prompt")
    return Result(
        address=address if isinstance(address, str) else "",
        seed=_seed(found.get("seed")),
        structured_prompt=told if isinstance(told, str) else "",
    )


def _seed(value: object) -> int | None:
    """A seed as a number or its digits (V32); what is neither is left out."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
