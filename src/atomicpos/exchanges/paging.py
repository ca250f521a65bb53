"""Lists that an exchange cuts into pages: read to the last one, or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from atomicpos.ports import ReadFailed

from .transport import Ask, Exchanged

Item = TypeVar("Item")

Read = Callable[[Ask], Awaitable[Exchanged]]
"""Sends one read."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[Item]):
    """One list: what asks for the page at a cursor, what understands a page, and where it ends at the latest."""

    what: str
    """For messages."""
    ask: Callable[[str], Ask]
    understand: Callable[[Exchanged], tuple[list[Item], str]]
    """A page's items and the cursor of the next; empty on the last. Raises ReadFailed."""
    pages_max: int
    """Beyond them the answer is incomplete, and said to be."""


async def every_page(listing: Listing[Item], read: Read) -> tuple[list[Item], str]:
    """All items, and the raw replies; the list may move between two pages and show a row twice.

    Raises ReadFailed, also for a cursor that leads back to a page that was read: behind it nothing new would come.
    """
    items: list[Item] = []
    raws: list[str] = []
    cursor, asked = "", set[str]()
    for _ in range(listing.pages_max):
        if cursor in asked:
            raise ReadFailed(f"{listing.what}: the pages lead back to one that was read", raws[-1])
        asked.add(cursor)
        exchanged = await read(listing.ask(cursor))
        found, cursor = listing.understand(exchanged)
        items += found
        raws.append(exchanged.raw)
        if not cursor:
            return items, "\n".join(raws)
    raise ReadFailed(f"{listing.what}: more than {listing.pages_max} pages", raws[-1])
