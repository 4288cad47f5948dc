"""Index the words of skills as they are asked for: folded, and pairs of what is written without spaces."""

import re
from collections.abc import Iterator
from itertools import pairwise
from unicodedata import combining, normalize

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "skills_0003"
down_revision = "skills_0002"

_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(f"(?P<unspaced>[{_UNSPACED}]+)|[^\\W_{_UNSPACED}]+")
_MOST_BYTES = 500_000


def upgrade() -> None:
    """Write the documents of all skills anew; nothing is lost, for all of it follows from the skills."""
    skills = sa.table(
        "skills",
        *map(sa.column, ("id", "name", "display_name", "description", "active_version")),
        sa.column("tags_json", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
    )
    versions = sa.table("skill_versions", *map(sa.column, ("skill_id", "version", "core_instructions")))
    documents = sa.table("tmws_skill_documents", *map(sa.column, ("skill_id", "name", "tags", "description", "body")))
    connection = op.get_bind()
    in_use = sa.and_(versions.c.skill_id == skills.c.id, versions.c.version == skills.c.active_version)
    texts = sa.select(
        skills.c.name,
        skills.c.display_name,
        skills.c.tags_json,
        skills.c.description,
        versions.c.core_instructions,
    ).select_from(skills.join(versions, in_use))
    for skill_id in connection.scalars(sa.select(documents.c.skill_id).order_by(documents.c.skill_id)).all():
        found = connection.execute(texts.where(skills.c.id == skill_id)).one_or_none()
        if found is None:  # its version is gone, and nobody finds it
            continue
        name, display_name, tags, description, body = found
        words = {
            "name": _indexed(f"{name} {display_name or ''}"),
            "tags": _indexed(" ".join(map(str, tags))),
            "description": _indexed(description or ""),
            "body": _indexed(body or ""),
        }
        connection.execute(documents.update().where(documents.c.skill_id == skill_id).values(words))


def _indexed(text: str) -> str:
    every = " ".join([*_words(text), *_ends(text)])
    if len(every.encode()) <= _MOST_BYTES:
        return every
    once = " ".join(dict.fromkeys(every.split(" "))).encode()
    return once.decode() if len(once) <= _MOST_BYTES else once[:_MOST_BYTES].rpartition(b" ")[0].decode()


def _words(text: str) -> Iterator[str]:
    for found in _WORD.finditer(_folded(text)):
        run = found[0]
        if found["unspaced"] and len(run) > 1:
            yield from (first + second for first, second in pairwise(run))
        else:
            yield run


def _ends(text: str) -> Iterator[str]:
    for found in _WORD.finditer(_folded(text)):
        if found["unspaced"] and len(found[0]) > 1:
            yield found[0][-1]


def _folded(text: str) -> str:
    letters = list(normalize("NFKD", text.lower()))
    kept = [
        letter
        for before, letter in zip(["", *letters], letters, strict=False)
        if not (combining(letter) and (before.isascii() or combining(before)))
    ]
    return normalize("NFKC", "".join(kept))
