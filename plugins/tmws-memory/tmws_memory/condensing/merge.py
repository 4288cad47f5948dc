"""Merges several memories into one text that says everything once."""

from collections.abc import Iterable
from dataclasses import dataclass

from tmws_memory.condensing.item import Item, by_time
from tmws_memory.condensing.pieces import Piece, joined, pieces_of
from tmws_memory.condensing.repetitions import Place, repetitions


@dataclass(frozen=True, slots=True)
class Repetition:
    """A sentence that was left out because another one says it.

    Attributes:
        item_id: the memory it stood in.
        text: the sentence.
        said_by: the memory that says it in the merged text.
    """

    item_id: str
    text: str
    said_by: str


@dataclass(frozen=True, slots=True)
class Merged:
    """One text made of several.

    Attributes:
        text: the text.
        source_ids: the memories it was made of, the oldest first.
        left_out: what is not in it word for word.
    """

    text: str
    source_ids: tuple[str, ...]
    left_out: tuple[Repetition, ...]


def merge(items: Iterable[Item]) -> Merged:
    """Put memories together, the oldest first, and leave out only what another sentence says as well.

    Args:
        items: the memories.

    Returns:
        The text, with the layout of its sources and an empty line between them, and what was left out of it.

    Raises:
        ValueError: no memory has any text.
    """
    sources = by_time(items)
    texts = [pieces_of(item.content) for item in sources]
    if not any(texts):
        raise ValueError("there is no text to merge; hand in at least one memory that has some")
    said_by = repetitions(texts)
    parts = (joined(pieces, _kept(number, pieces, said_by)) for number, pieces in enumerate(texts))
    return Merged(
        text="\n\n".join(part for part in parts if part),
        source_ids=tuple(item.id for item in sources),
        left_out=tuple(
            Repetition(sources[text].id, texts[text][piece].text, sources[other].id)
            for (text, piece), (other, _) in sorted(said_by.items())
        ),
    )


def _kept(number: int, pieces: list[Piece], said_by: dict[Place, Place]) -> list[int]:
    return [at for at in range(len(pieces)) if (number, at) not in said_by]
