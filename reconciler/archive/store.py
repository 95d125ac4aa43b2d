"""The object store that a person names for archives: put once under the digest, signed for a while, never deleted from.

`obstore` speaks to S3, Google Cloud Storage and Azure; it is imported only where an archive is at hand. Credentials come
from where those services' own tools look for them (environment, instance role); none is read from the tree.
"""

import os
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from reconciler.archive.pack import Archive, Watch, unwatched
from reconciler.clock import SystemClock
from reconciler.core.value import dataclass

if TYPE_CHECKING:
    from obstore.store import AzureStore, ClientConfig, GCSStore, LocalStore, S3Store

    _Store = S3Store | GCSStore | AzureStore | LocalStore

SCHEMES: Final = ("s3", "gs", "az", "file")
LONGEST: Final = timedelta(days=7)
"""The longest life of a signed address that all three services allow."""
_LETTING_GO: Final = 0.1
"""Seconds that the threads of the library are given after a failure."""
_FOLDER: Final = "reconciler-archives"
_KEY: Final = re.compile(rf"{_FOLDER}/(?P<digest>[0-9a-f]{{64}})\.zip")
_BUCKET: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?")


class StoreRefused(Exception):
    """The store cannot be used; the message says why, fit for a user and without any credential or address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreName:
    """Where archives are kept, as a person names it: `s3://brand-archives/training`."""

    scheme: str
    bucket: str
    path: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}{'/' if self.bucket and self.path else ''}{self.path}"

    @property
    def is_local(self) -> bool:
        """A folder of this machine, from which the zip is served on a loopback port."""
        return self.scheme == "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The way to a store that is not on this machine.

    `proxy` has its password in it, `direct` are hosts that are asked without it, and `authorities` are certificates (PEM)
    that are believed besides those of the system.
    """

    proxy: str = field(default="", repr=False)
    direct: tuple[str, ...] = ()
    authorities: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAddress:
    """Where the API may read one archive until `until`. The address is a secret: it is never printed or compared."""

    url: str = field(repr=False, compare=False)
    until: datetime
    ends_sooner: datetime | None = None
    """When the credentials that signed it end, where that is before `until` and they tell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArchive:
    """One archive that the store holds. `size` is in bytes."""

    digest: str
    size: int
    stored_at: datetime


def parse_store(text: str) -> StoreName:
    """Read `s3://bucket/prefix`, `gs://…`, `az://container/…` or `file:///folder`; ValueError says what is wrong."""
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError("it is no address of a store") from None
    if parts.scheme not in SCHEMES:
        raise ValueError("it begins with none of s3://, gs://, az:// and file://")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("it holds more than a bucket and a path; credentials belong into the environment")
    if parts.scheme == "file":
        if parts.netloc or not parts.path.startswith("/") or parts.path == "/":
            raise ValueError("a folder is written in full, as file:///srv/archives")
        return StoreName(scheme="file", bucket="", path=parts.path)
    if not _BUCKET.fullmatch(parts.netloc):
        raise ValueError("it names no bucket")
    return StoreName(scheme=parts.scheme, bucket=parts.netloc, path=parts.path.strip("/"))


def archive_key(digest: str) -> str:
    """The key of an archive below the path that a person named."""
    return f"{_FOLDER}/{digest}.zip"


class ArchiveStore:
    """One store, opened. Its calls are asynchronous; StoreRefused is the only thing that they raise."""

    def __init__(
        self, name: StoreName, *, environment: Mapping[str, str] = os.environ, route: Route | None = None
    ) -> None:
        self.name = name
        self._environment = environment
        with _refusing(name):
            self._store = _opened(name, _client_options(route or Route(), environment))

    async def reach(self) -> None:
        """See that the store answers, before anything is made that would need it. Nothing is written."""
        import obstore

        async with _asking(self.name):
            async for _ in obstore.list(self._store, prefix=_FOLDER, chunk_size=1):
                break

    async def put(self, archive: Archive, watch: Watch = unwatched) -> bool:
        """Store an archive under its digest; False where it was there already, whole.

        An object of that key with another size is one that was cut off: it is written again.
        """
        import obstore

        key = archive_key(archive.digest)
        async with _asking(self.name):
            if await self._size_of(key) == archive.size:
                return False
            # Content and key say the same, so two writers at once write the same bytes.
            await obstore.put_async(self._store, key, archive.blocks(watch), chunk_size=8 * 2**20, max_concurrency=2)
            if await self._size_of(key) != archive.size:
                raise StoreRefused(f"{self.name} does not show the archive that was just stored there")
        return True

    async def _size_of(self, key: str) -> int | None:
        import obstore
        from obstore.exceptions import NotFoundError

        try:
            return (await obstore.head_async(self._store, key))["size"]
        except (NotFoundError, FileNotFoundError):
            return None

    async def sign(self, digest: str, lifetime: timedelta, *, now: datetime) -> SignedAddress:
        """An address for anonymous GET, good for `lifetime`; not for a folder of this machine, which is served."""
        import obstore
        from obstore.store import LocalStore

        assert not isinstance(self._store, LocalStore)
        async with _asking(self.name):
            url = await obstore.sign_async(self._store, "GET", archive_key(digest), lifetime)
        until, ends = now + lifetime, _credentials_end(self._environment)
        return SignedAddress(url=url, until=until, ends_sooner=ends if ends is not None and ends < until else None)

    def file(self, digest: str) -> Path:
        """Where an archive lies, for a store that is a folder of this machine."""
        assert self.name.is_local
        return Path(self.name.path) / archive_key(digest)

    async def archives(self) -> tuple[StoredArchive, ...]:
        """All archives of this tool in the store, the newest first."""
        import obstore

        async with _asking(self.name):
            found = [one async for page in obstore.list(self._store, prefix=_FOLDER) for one in page]
        rows = (
            StoredArchive(digest=match["digest"], size=one["size"], stored_at=one["last_modified"])
            for one in found
            if (match := _KEY.fullmatch(one["path"]))
        )
        return tuple(sorted(rows, key=lambda row: (row.stored_at, row.digest), reverse=True))


def _client_options(route: Route, environment: Mapping[str, str]) -> "ClientConfig | None":
    """What the library is told of the way; None leaves it to what it finds in the environment itself."""
    options: ClientConfig = {}
    if route.proxy:
        options |= {"proxy_url": route.proxy, "proxy_excludes": ",".join(route.direct)}
    if route.authorities:
        options |= {"root_certificate": route.authorities, "proxy_ca_certificate": route.authorities}
    if options and environment.get("AWS_ALLOW_HTTP", "").lower() in {"1", "true"}:
        options["allow_http"] = True  # options take the place of all that it would have found there
    return options or None


def _opened(name: StoreName, options: "ClientConfig | None") -> "_Store":
    from obstore.store import AzureStore, GCSStore, LocalStore, S3Store

    if name.is_local:
        Path(name.path).mkdir(parents=True, exist_ok=True)
        return LocalStore(name.path)
    prefix = name.path or None
    match name.scheme:
        case "s3":
            return S3Store(name.bucket, prefix=prefix, client_options=options)
        case "gs":
            return GCSStore(name.bucket, prefix=prefix, client_options=options)
        case _:
            return AzureStore(container_name=name.bucket, prefix=prefix, client_options=options)


@asynccontextmanager
async def _asking(name: StoreName) -> AsyncIterator[None]:
    """Turn what a call of the library raises into StoreRefused."""
    try:
        with _refusing(name):
            yield
    except StoreRefused:
        # The library hands over an error before its own thread has let go of Python (obstore 0.12), and a program that
        # ends in that moment is aborted.
        await SystemClock().sleep(_LETTING_GO)
        raise


@contextmanager
def _refusing(name: StoreName) -> Iterator[None]:
    """Turn what the library raises into a sentence; its own text may hold a signed address, so it is never shown."""
    from obstore import exceptions

    try:
        yield
    except exceptions.UnauthenticatedError:
        raise StoreRefused(f"{name} does not know the credentials of this environment") from None
    except exceptions.PermissionDeniedError:
        raise StoreRefused(f"the credentials of this environment may not do that in {name}") from None
    except (exceptions.NotFoundError, FileNotFoundError):
        raise StoreRefused(f"{name} does not exist") from None
    except FileExistsError:
        raise StoreRefused(f"{name} cannot be used: it is a file, and no folder") from None
    except OSError as error:
        raise StoreRefused(f"{name} cannot be used: {error.strerror or type(error).__name__}") from None
    except (exceptions.BaseError, ValueError) as error:
        raise StoreRefused(f"{name} cannot be used: no answer of a store came ({type(error).__name__})") from None


def _credentials_end(environment: Mapping[str, str]) -> datetime | None:
    """When temporary credentials end, where whoever handed them out said so in the environment (AWS does)."""
    try:
        ends = datetime.fromisoformat(environment.get("AWS_CREDENTIAL_EXPIRATION", ""))
    except ValueError:
        return None
    return ends if ends.tzinfo is not None else ends.replace(tzinfo=UTC)
