"""To list and to find skills, for as many tokens as one is ready to pay."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy.orm import Session

from tmws_core import Context, tool
from tmws_core import cursor as cursors
from tmws_core.fields import Slug, StorableText
from tmws_skills import catalogue
from tmws_skills.access import READ
from tmws_skills.budget import MOST_TOKENS, tokens_of, within
from tmws_skills.catalogue import CatalogueLine, Filters
from tmws_skills.search.search import Found, search
from tmws_skills.state import SkillState

LAST_LINE: TypeAdapter[tuple[str, str]] = TypeAdapter(tuple[StorableText, StorableText])
"""After which skill a page of the catalogue begins."""

Tag = Annotated[StorableText, Field(min_length=1, max_length=200)]
FilterTags = Annotated[list[Tag], Field(max_length=20, description="Only skills that have all of these tags.")]
FilterNamespace = Annotated[Slug | None, Field(description="Only skills of this namespace.")]
FilterPersona = Annotated[
    StorableText | None, Field(min_length=1, max_length=50, description="Only skills for this persona.")
]
Limit = Annotated[int, Field(strict=True, ge=1, le=200, description="How many at most.")]
Budget = Annotated[
    int, Field(strict=True, ge=100, le=MOST_TOKENS, description="How many tokens the answer may have, about.")
]
Cursor = Annotated[str | None, Field(max_length=1000, description="next_cursor of the page before.")]


class CataloguePage(BaseModel):
    """A part of the catalogue, by name."""

    skills: list[CatalogueLine]
    total: int = Field(description="How many there are in all.")
    tokens: int = Field(description="About how many tokens these lines have.")
    next_cursor: str | None = Field(description="Give it as cursor to read on; null at the end.")


class Hit(BaseModel):
    """A skill that a search found."""

    skill: CatalogueLine
    similarity: float | None = Field(description="The cosine of the meanings, from -1 to 1; null when it is not known.")


class Hits(BaseModel):
    """What a search found, best first."""

    hits: list[Hit]
    next_cursor: str | None = Field(description="Give it as cursor to read on; null at the end.")
    meaning: str = Field(description="Whether skills were found by meaning as well as by words, or why not.")


@tool(scope=READ, read_only=True, idempotent=True)
async def skill_list(
    ctx: Context,
    namespace: FilterNamespace = None,
    tags: FilterTags = [],  # noqa: B006 -- pydantic copies a default before it is used
    persona: FilterPersona = None,
    state: Annotated[
        Literal["present", "deprecated", "deleted"],
        Field(description="deleted: your own that skill_restore brings back."),
    ] = "present",
    active: Annotated[bool, Field(strict=True, description="Only those that are active for you.")] = False,
    limit: Limit = 50,
    token_budget: Budget = 4000,
    cursor: Cursor = None,
) -> CataloguePage:
    """List the skills that you may read, by name: a line each, as many as the token budget carries."""
    filters = Filters(namespace=namespace, tags=tuple(tags), persona=persona, state=state, active=active)
    question = f"skills {filters!r}"
    after = None if cursor is None else cursors.decode(cursor, ctx.principal, question, LAST_LINE)

    def work(session: Session) -> catalogue.Page:
        return catalogue.page(session, ctx.principal, filters, limit, token_budget, after)

    page = await ctx.transaction(work)
    return CataloguePage(
        skills=list(page.lines),
        total=page.total,
        tokens=sum(map(tokens_of, page.lines)),
        next_cursor=None if page.last is None else cursors.encode(page.last, ctx.principal, question),
    )


@tool(scope=READ, read_only=True, idempotent=True, listed=True)
async def skill_search(
    ctx: Context,
    query: Annotated[StorableText, Field(min_length=1, max_length=2_000, description="A task, or just words.")],
    namespace: FilterNamespace = None,
    tags: FilterTags = [],  # noqa: B006 -- see skill_list
    persona: FilterPersona = None,
    limit: Limit = 10,
    token_budget: Budget = 2000,
    cursor: Cursor = None,
) -> Hits:
    """Find skills - instructions for a kind of task - by words and meaning, best first; skill_load reads one."""
    filters = Filters(namespace=namespace, tags=tuple(tags), persona=persona)
    question = f"search {filters!r} {query}"
    begin = 0 if cursor is None else cursors.decode(cursor, ctx.principal, question)
    meaning = ctx.state(SkillState).meaning
    found = await search(ctx, meaning, query, filters)
    wanted = found.skill_ids[begin : begin + limit]
    known = await ctx.transaction(lambda session: catalogue.lines_of(session, ctx.principal, wanted))
    lines = [known[skill_id] for skill_id in wanted if skill_id in known]
    shown = list(within(token_budget, lines))
    return Hits(
        hits=[_hit(line, found) for line in shown],
        next_cursor=_next(ctx, question, found, wanted, shown, begin),
        meaning=meaning.status,
    )


def _hit(line: CatalogueLine, found: Found) -> Hit:
    similarity = found.similarities.get(line.id)
    return Hit(skill=line, similarity=None if similarity is None else round(similarity, 4))


def _next(
    ctx: Context, question: str, found: Found, wanted: Sequence[str], shown: Sequence[CatalogueLine], begin: int
) -> str | None:
    """The cursor of what comes after the last line that is shown."""
    end = begin + (wanted.index(shown[-1].id) + 1 if shown else len(wanted))
    return cursors.encode(end, ctx.principal, question) if end < len(found.skill_ids) else None
