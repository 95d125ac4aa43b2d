"""Zip archives on disk: fetched from this machine only, and kept as they came.

An archive may hold 5 GB. It goes from the socket to a file in pieces, and from the file one entry at a time, so that
no more than one image of it is ever in memory.
"""

import ipaddress
import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import SplitResult, urljoin, urlsplit

if TYPE_CHECKING:
    import zipfile

GIGABYTE: Final = 1024**3
MOST_BYTES: Final = 5 * GIGABYTE
MOST_ENTRY_BYTES: Final = 256 * 1024**2  # one entry is unpacked in memory: a bomb must not fill it
_PIECE: Final = 1024**2
_SECONDS: Final = 30.0
_MOST_REDIRECTS: Final = 3
_REDIRECTS: Final = (301, 302, 303, 307, 308)


Answer = HTTPResponse
"""What an address gives: its head has been read, its body is read in pieces."""


class FetchError(Exception):
    """The address gave no zip archive; `status` is 413 where it gave one that is too large."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class ArchiveFolder:
    """The folder in which archives are kept: a path that is given, or a temporary folder, made when first needed.

    A temporary folder is deleted by `close`, and at the latest when nobody holds the world any more.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._delete: Callable[[], object] = _nothing

    def file(self, name: str) -> Path:
        """The path of an archive, there or not."""
        if self._path is None:
            self._path = Path(tempfile.mkdtemp(prefix="reconciler-simulator-"))
            self._delete = weakref.finalize(self, shutil.rmtree, self._path, ignore_errors=True)
        self._path.mkdir(parents=True, exist_ok=True)
        return self._path / name

    def sweep(self, used: Collection[str]) -> None:
        """Delete the archives that no image needs any more."""
        if self._path is None or not self._path.is_dir():
            return
        for path in self._path.iterdir():
            if path.name not in used:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Delete a temporary folder."""
        self._delete()


def _nothing() -> None:
    """There is no temporary folder."""


def loopback_of(parts: SplitResult) -> str | None:
    """The address of this machine that a URL names; None for another host, another scheme, or a path of a file."""
    host = parts.hostname or ""
    if parts.scheme != "http" or parts.username is not None:
        return None
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
        return str(address) if address.is_loopback and parts.port != 0 else None
    except ValueError:
        return None


@contextmanager
def opened(
    url: str, *, head_first: bool = False, redirects: bool = True, most_bytes: int = MOST_BYTES
) -> Iterator[Answer]:
    """What an address of this machine gives, not read yet; FetchError where it gives nothing, or more than is allowed."""
    if head_first:
        with _answer("HEAD", url, redirects=redirects) as head:
            if head.getheader("content-length") is None:
                raise FetchError("zip_url does not say how long the file is")
    with _answer("GET", url, redirects=redirects) as response:
        if response.length is not None and response.length > most_bytes:
            raise _too_large()
        yield response


def save(
    response: Answer, target: Path, *, most_bytes: int = MOST_BYTES, goes_on: Callable[[], bool] = lambda: True
) -> None:
    """Write the body to a file, in pieces; FetchError where it is no zip archive, or is told not to go on.

    The file is gone where this fails.
    """
    try:
        with target.open("wb") as file:
            _copy(response, file, most_bytes, goes_on)
        _require_zip(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _require_zip(file: Path) -> None:
    from zipfile import is_zipfile

    if not is_zipfile(file):
        raise FetchError("zip_url does not give a zip archive")


def _too_large() -> FetchError:
    return FetchError("The zip file is larger than 5 GB", status=413)


@contextmanager
def _answer(method: str, url: str, *, redirects: bool) -> Iterator[HTTPResponse]:
    """The answer of an address, after redirects; each stop must be of this machine again."""
    for _ in range(_MOST_REDIRECTS + 1):
        try:
            with _asked(method, _parts(url)) as response:
                place = response.getheader("location")
                if response.status in _REDIRECTS and place is not None and redirects:
                    url = urljoin(url, place)
                    continue
                if response.status != 200:
                    raise FetchError(f"zip_url answers {response.status}")
                yield response
                return
        except (OSError, HTTPException, ValueError) as error:
            raise FetchError("zip_url cannot be fetched") from error
    raise FetchError("zip_url is redirected too often")


@contextmanager
def _asked(method: str, parts: SplitResult) -> Iterator[HTTPResponse]:
    host = loopback_of(parts)
    if host is None:
        raise FetchError("zip_url cannot be fetched: the simulator reaches http addresses of this machine only")
    query = f"?{parts.query}" if parts.query else ""
    with closing(HTTPConnection(host, parts.port or 80, timeout=_SECONDS)) as connection:
        connection.request(method, (parts.path or "/") + query)
        with connection.getresponse() as response:
            yield response


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise FetchError("zip_url is not an address") from None
    return parts


def _copy(response: HTTPResponse, file: BinaryIO, most_bytes: int, goes_on: Callable[[], bool]) -> None:
    """The body in pieces, as far as it is allowed to be long; a body cut short is no archive."""
    promised, size = response.length, 0
    while piece := response.read(_PIECE):
        size += len(piece)
        if size > most_bytes:
            raise _too_large()
        if not goes_on():
            raise FetchError("the simulator is closed")
        file.write(piece)
    if promised is not None and size != promised:
        raise FetchError("zip_url broke off")


def read_entry(archive: "zipfile.ZipFile", entry: "zipfile.ZipInfo") -> bytes | None:
    """The bytes of an entry; None where it cannot be unpacked, or would be too large to."""
    if entry.file_size > MOST_ENTRY_BYTES:
        return None
    try:
        with archive.open(entry) as file:
            data = file.read(MOST_ENTRY_BYTES + 1)
    except Exception:  # noqa: BLE001 - a damaged zip raises whatever its decoders raise; all of it means the same here
        return None
    return data if len(data) <= MOST_ENTRY_BYTES else None
