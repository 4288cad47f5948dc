"""Who writes what memories become: the model of the caller's client, or nobody, when their own sentences have to do."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tmws_core import Context
from tmws_memory.consolidation import Method, WrittenBy
from tmws_memory.models.memory import Memory

if TYPE_CHECKING:
    from tmws_memory.condensing.item import Item


@dataclass(frozen=True)
class Written:
    """A condensed text.

    Attributes:
        text: the text.
        by: who wrote it.
        note: why the client's model did not, when it was to.
    """

    text: str
    by: WrittenBy
    note: str | None = None


async def written(
    ctx: Context, sources: Sequence[Memory], method: Method, most_characters: int, share: float, *, ask_model: bool
) -> Written:
    """Condense memories.

    Args:
        ctx: the call; no transaction of it may be open when the model is to be asked.
        sources: the memories.
        method: how.
        most_characters: how long a summary may be.
        share: how long a compressed text is to be, as a share of the original.
        ask_model: whether the client's model may write a summary.

    Raises:
        InvalidArguments: there is no text in them, or no sentence is as short as the summary is to be.
    """
    # numpy takes long to import, and a start must not wait for it
    from tmws_memory.condensed import extractive
    from tmws_memory.corpus import item_of

    items = [item_of(memory) for memory in sources]
    note = None
    if ask_model and method == "summary":
        answer, note = await _asked(ctx, items, most_characters)
        if answer is not None:
            return Written(answer, "model")
    text = await asyncio.to_thread(extractive, method, items, most_characters, share)
    return Written(text, "extractive", note)


async def _asked(ctx: Context, items: "Sequence[Item]", most_characters: int) -> tuple[str | None, str | None]:
    """What the client's model has written, or why it has not."""
    from tmws_memory.condensed import SYSTEM, most_tokens, question, usable

    asked = question(items, most_characters)
    if asked is None:
        return None, "the memories are too long to be shown to the client's model"
    try:
        answer = await ctx.ask_model(asked, system=SYSTEM, most_tokens=most_tokens(most_characters))
    except RuntimeError:  # the tool that calls this one has a transaction open
        return None, "the client's model cannot be asked within the transaction of another tool"
    if answer is None:
        return None, "the client has no model, or it gave no answer"
    text = usable(answer, most_characters)
    return text, None if text is not None else "the answer of the client's model was empty, too long or not storable"
