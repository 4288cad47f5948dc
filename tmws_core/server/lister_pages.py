"""Goes through what several listers list, one page after the other, with one cursor for the client."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Generic, Protocol, TypeVar

from pydantic import Field, TypeAdapter

from tmws_core.call import Call
from tmws_core.context import Context
from tmws_core.contributions.scoped import Scoped
from tmws_core.cursor import decode, encode
from tmws_core.tool_errors import ToolError

if TYPE_CHECKING:
    from tmws_core.application import Application

logger = logging.getLogger(__name__)

_Place = tuple[int, str | None]
"""The number of a lister, and the cursor that it has given."""
_PLACE: TypeAdapter[_Place] = TypeAdapter(tuple[Annotated[int, Field(ge=0)], str | None])


class _Page(Protocol):
    @property
    def next_cursor(self) -> str | None: ...


Page = TypeVar("Page", bound=_Page)


@dataclass(frozen=True)
class ListerPages(Generic[Page]):
    """The pages of all listers that a caller may ask.

    Attributes:
        application: the application.
        call: who asks.
        listers: the listers, in their order.
        question: what is asked for, such as `prompts/list`.
    """

    application: "Application"
    call: Call
    listers: Sequence[Scoped]
    question: str

    async def page(self, cursor: str | None) -> tuple[Page | None, str | None]:
        """The page in a place; a lister that fails at its beginning is passed over, so that the others are listed.

        Args:
            cursor: what the page before gave; None for the first.

        Returns:
            The page, None where there is none, and the cursor for the next one.

        Raises:
            ToolError: the cursor is not the caller's, or the lister fails in the middle.
        """
        principal = self.call.principal
        number, inner = (0, None) if cursor is None else decode(cursor, principal, self.question, _PLACE)
        if number >= len(self.listers):
            return None, None
        page = await self._ask(self.listers[number], inner)
        rest: _Place | None = (number + 1, None) if number + 1 < len(self.listers) else None
        if page is not None and page.next_cursor is not None:
            rest = number, page.next_cursor
        return page, None if rest is None else encode(rest, principal, self.question)

    async def _ask(self, lister: Scoped, cursor: str | None) -> Page | None:
        async def work(context: Context) -> Page:
            page: Page = await lister.function(context, cursor)
            return page

        try:
            return await self.application.pipeline.run(self.call, lister.name, lister.scope, work, read_only=True)
        except ToolError as error:
            if cursor is not None:
                raise
            logger.warning("%s %s listed nothing: %s", lister.kind(), lister.place, error)
            return None
