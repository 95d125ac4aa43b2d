"""Large files behind addresses that the API gives: read in pieces, and from where an earlier try broke off."""

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import PurePosixPath
from typing import Final, Protocol
from urllib.parse import urlsplit

import httpx

from reconciler.api import operation as op
from reconciler.api.connection import NotConnected
from reconciler.api.endpoint import Address
from reconciler.api.operation import Call, call
from reconciler.api.picture import Missing
from reconciler.api.result import ResultFetcher
from reconciler.core.kind import Kind
from reconciler.core.value import dataclass

FILE_LIMIT: Final = 64 * 1024**3
"""Bytes of a file. The API takes archives of 5 GB; of models no document gives a size."""

_EXPIRED: Final = frozenset({400, 401, 403, 404, 410})
"""What stores of files answer to an address that is no longer good."""

_LATER: Final = frozenset({408, 409, 425, 429})
_RANGE: Final = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15})")
_STRONG_TAG: Final = re.compile(r'"[\x21\x23-\x7e]{1,200}"')
_SUFFIX: Final = re.compile(r"\.([A-Za-z0-9]{1,12})")
_SUFFIXES: Final = {
    "application/zip": "zip",
    "application/json": "json",
    "application/jsonl": "jsonl",
    "text/csv": "csv",
    "text/plain": "txt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Addresses of files by what they hold, which are never shown or kept; and words that belong to using them."""

    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What an answer says of a file before its first byte. `tag` tells one state of the file from another."""

    suffix: str
    tag: str = ""
    size: int | None = None


class Part(Protocol):
    """So much of a file as is there."""

    @property
    def size(self) -> int: ...
    @property
    def head(self) -> Head | None: ...
    def restart(self, head: Head) -> None: ...
    def take(self, piece: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Broken:
    """Not all came, and another try may bring the rest: a clause. `is_expired` where another address is needed for it."""

    reason: str
    is_expired: bool = False


def files_of(kind: Kind, id: int) -> tuple[Call, Callable[[object], Files]]:  # noqa: A002 - the API's word
    """The call that asks for the addresses of an object's files, and how its answer is read."""
    if kind is Kind.MODEL:
        return call(op.DOWNLOAD_MODEL, model_id=id), _model_files
    return call(op.DOWNLOAD_DATASET, dataset_id=id), _dataset_files


def _model_files(document: object) -> Files:
    found = document if isinstance(document, Mapping) else {}
    words = {key: found.get(key) for key in ("base_model_name", "prompt_prefix")}
    return Files(
        addresses={"model": _address(found)},
        words={key: value for key, value in words.items() if isinstance(value, str) and value},
    )


def _dataset_files(document: object) -> Files:
    """The images in one file, and the captions, which have an address where all of them are automatic."""
    found = document if isinstance(document, Mapping) else {}
    captions = found.get("captions_url")
    return Files(
        addresses={
            "images": _address(found),
            **({"captions": captions} if isinstance(captions, str) and captions else {}),
        }
    )


def _address(found: Mapping[str, object]) -> str:
    address = found.get("download_url")
    if not isinstance(address, str) or not address:
        raise ValueError("holds no download_url")
    return address


async def download(fetcher: ResultFetcher, place: Address, part: Part) -> Broken | Missing | None:
    """Bring a part to the end of its file; None once it is whole.

    What is there already is not asked for again, if the server still has the file of that tag and can begin within it.
    OSError where a piece cannot be kept.
    """
    try:
        http = await fetcher.client(place.origin)
        headers = {"Accept": "*/*", **_rest_of(part)}
        response = await http.send(http.build_request("GET", place.origin + place.target, headers=headers), stream=True)
        try:
            return _unusable(response, place.host, part) or await _taken(response, place, part)
        finally:
            await response.aclose()
    except NotConnected as error:
        return Missing(str(error)) if error.is_final else Broken(str(error))
    except httpx.HTTPError:
        return Broken(f"{place.host} did not answer, or the connection ended before the file had come")


def _rest_of(part: Part) -> dict[str, str]:
    """The headers that ask for the rest of a file, if it still is the one that was begun."""
    if part.head is None or not part.head.tag or part.size == 0:
        return {}
    return {"Range": f"bytes={part.size}-", "If-Range": part.head.tag}


def _unusable(response: httpx.Response, host: str, part: Part) -> Broken | Missing | None:
    """Why an answer is not read; None if it is."""
    status = response.status_code
    if status in _EXPIRED:
        return Broken(f"{host} answers {status} to the address", is_expired=True)
    if status == 416 or (status == 206 and not _continues(response, part)):
        part.restart(Head(suffix=""))
        return Broken(f"{host} has another file by now than the one that was begun")
    if status in _LATER or status >= 500:
        return Broken(f"{host} answers {status}")
    if status not in {200, 206}:
        why = "a redirect, which is not followed" if 300 <= status < 400 else "which says nothing of a file"
        return Missing(f"{host} answered {status}, {why}")
    if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        return Missing(f"{host} sent it packed, which was not asked for")
    return None


def _continues(response: httpx.Response, part: Part) -> bool:
    """Does an answer begin where the part ends, in the same file?"""
    found = _RANGE.fullmatch(response.headers.get("content-range", ""))
    head = part.head
    if found is None or head is None or int(found[1]) != part.size:
        return False
    return head.size in {None, int(found[2])} and response.headers.get("etag", head.tag) == head.tag


async def _taken(response: httpx.Response, place: Address, part: Part) -> Broken | Missing | None:
    """Take in what an answer holds."""
    if response.status_code == 200:
        part.restart(_head(response, place))
    async for piece in response.aiter_raw():
        if part.size + len(piece) > FILE_LIMIT:
            return Missing(f"it is larger than {FILE_LIMIT // 2**30} GiB")
        part.take(piece)
    wanted = part.head.size if part.head is not None else None
    if part.size == 0:
        return Broken(f"{place.host} sent an empty file")
    if wanted is not None and part.size != wanted:
        came = part.size
        part.restart(Head(suffix=""))
        return Broken(f"{place.host} sent {came} bytes of a file that it said has {wanted}")
    return None


def _head(response: httpx.Response, place: Address) -> Head:
    length = response.headers.get("content-length", "")
    tag = response.headers.get("etag", "")
    return Head(
        suffix=_suffix(place.target, response.headers.get("content-type", "")),
        tag=tag if _STRONG_TAG.fullmatch(tag) else "",
        size=int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None,
    )


def _suffix(target: str, content_type: str) -> str:
    """How the name of a file ends: as its address does, else by its type. Nothing else of an address is taken."""
    found = _SUFFIX.fullmatch(PurePosixPath(urlsplit(target).path).suffix)
    return found[1].lower() if found else _SUFFIXES.get(content_type.partition(";")[0].strip().lower(), "bin")
