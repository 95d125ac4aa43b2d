"""Runs what awaits to its end."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, which must not see the result.

    Where it puts the handler of SIGINT back, Python writes down the task in words, its result included, and throws that
    away. The words of a plan of a thousand datasets are megabytes.
    """
    found: list[T] = []

    async def keep() -> None:
        found.append(await work)

    asyncio.run(keep())
    return found[0]
