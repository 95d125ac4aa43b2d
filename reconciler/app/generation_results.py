"""Results on their way into files: looked for until they are there, checked, and written with their JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Final

from reconciler.api.endpoint import Address, Endpoint, parse_address
from reconciler.api.generation import Result
from reconciler.api.picture import Missing, unnamed_hosts
from reconciler.api.result import NotYet, ResultFetcher
from reconciler.app.session import Session
from reconciler.core.text import shown
from reconciler.files.drawn import looked_at

Write = Callable[[str, bytes, Mapping[str, object]], None]
_BLOCKED: Final = "moderation blocked it, most likely"


def trusted(
    endpoint: Endpoint, results: Sequence[Result], hosts: Sequence[str], may_fetch: Callable[[Sequence[str]], bool]
) -> tuple[str, ...]:
    """The hosts that were named, and those that a person who is here allows now."""
    known = known_hosts(endpoint, hosts)
    others = unnamed_hosts((result.address for result in results), known)
    return (*known, *others) if others and may_fetch(others) else known


def known_hosts(endpoint: Endpoint, hosts: Sequence[str]) -> tuple[str, ...]:
    """The hosts that were named; a server of this machine was, as only a person can name it as the endpoint."""
    own = parse_address(endpoint.origin) if endpoint.is_loopback else None
    return (*hosts, *(() if own is None else (own.host,)))


class ResultCollector:
    """Fetches the results of one request and writes each as soon as it is there, so that a killed run keeps the others.

    `write` takes the suffix, the bytes and the record of a result; OSError where it cannot.
    """

    def __init__(self, opened: Session, record: Mapping[str, object], write: Write) -> None:
        self._opened = opened
        self._record = record
        self._write_file = write
        self._missed: list[str] = []

    async def collect(
        self, results: Sequence[Result], hosts: Sequence[str], *, patience: float, poll: float
    ) -> tuple[str, ...]:
        """What did not come, each with the reason."""
        async with self._opened.client.results(hosts) as fetcher:
            pending = self._places(fetcher, results)
            end = self._opened.clock.now() + patience
            while pending:
                pending = [one for one in [await self._looked(fetcher, *each) for each in pending] if one is not None]
                if not pending:
                    break
                if self._opened.clock.now() >= end:
                    for _, _, what in pending:
                        self._miss(_late(what, patience))
                    break
                await self._opened.clock.sleep(poll)
        return tuple(self._missed)

    def _places(self, fetcher: ResultFetcher, results: Sequence[Result]) -> list[tuple[Result, Address, NotYet]]:
        """Where results lie. A result that is words alone is written at once."""
        pending = []
        for result in results:
            if result.structured_prompt and not result.address:
                self._write_words(result)
                continue
            if not result.address:
                self._miss(f"a result has no address: {_BLOCKED}")
                continue
            place = fetcher.place(result.address)
            if isinstance(place, Missing):
                self._miss(f"a result was not fetched: {place.reason}")
            else:
                pending.append((result, place, NotYet("nothing was there")))
        return pending

    async def _looked(
        self, fetcher: ResultFetcher, result: Result, place: Address, _before: NotYet
    ) -> tuple[Result, Address, NotYet] | None:
        """Look once, and keep what came; a result that is not there yet stays pending."""
        found = await fetcher.look(place)
        if isinstance(found, NotYet):
            return result, place, found
        if isinstance(found, Missing):
            self._miss(f"a result was not fetched: {found.reason}")
        else:
            self._keep(result, found)
        return None

    def _keep(self, result: Result, data: bytes) -> None:
        file = looked_at(data)
        if isinstance(file, str):
            self._miss(f"a result was not written: {file}")
            return
        told = {"type": file.media_type, "sha256": file.digest, "size": file.size}
        sides = {} if file.width is None else {"width": file.width, "height": file.height}
        self._write(result, file.suffix, data, {**told, **sides})

    def _write_words(self, result: Result) -> None:
        found = None
        with suppress(ValueError, RecursionError):
            found = json.loads(result.structured_prompt)
        if not isinstance(found, dict):
            self._miss("the structured prompt was not written: it is no JSON object")
            return
        data = result.structured_prompt.encode()
        about = {"type": "application/json", "sha256": sha256(data).hexdigest(), "size": len(data)}
        self._write(result, "prompt.json", data, about)

    def _write(self, result: Result, suffix: str, data: bytes, file: dict[str, object]) -> None:
        seed = self._record["seed"] if result.seed is None else result.seed
        words = {"structured_prompt": result.structured_prompt} if result.structured_prompt else {}
        record = {**self._record, "seed": seed, **words, "file": file}
        try:
            self._write_file(suffix, data, record)
        except OSError as error:
            place = f" to {shown(error.filename)}" if isinstance(error.filename, str) else ""
            self._miss(f"a result that was paid for could not be written{place}: {error.strerror or error}")

    def _miss(self, reason: str) -> None:
        self._missed.append(reason)


def _late(what: NotYet, patience: float) -> str:
    why = "; moderation blocked it, or it failed" if what.is_empty else ""
    return f"a result did not come within {patience:g} s: {what.reason}{why}"
