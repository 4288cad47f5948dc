"""What a person picks in an MCP client: a skill, each as a prompt of its own, or any by its name."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import and_, or_, tuple_
from sqlalchemy.orm import Session

from tmws_core import Context, ListedPrompt, Principal, PromptArgument, PromptPage, prompt, prompt_lister
from tmws_core import cursor as cursors
from tmws_core.fields import StorableText
from tmws_core.tool_errors import InvalidArguments
from tmws_skills import completions
from tmws_skills.access import READ, owned, readable
from tmws_skills.activation.activations import refuse_rejected
from tmws_skills.budget import MOST_BYTES, part
from tmws_skills.catalogue import catalogue
from tmws_skills.fields import is_storable
from tmws_skills.format.package import manifest_from_json
from tmws_skills.levels import wrapped
from tmws_skills.loading import Opened, open_for
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion

PREFIX = "skill-"
LONGEST_TASK = 10_000
_PAGE = 100
_QUESTION = "skill prompts"
_LAST: TypeAdapter[tuple[str, str]] = TypeAdapter(tuple[StorableText, StorableText])
_ARGUMENTS = "$ARGUMENTS"
"""Where a skill wants what its user says (Claude Code, skills)."""
_TASK = "What to use it for."


async def skill_prompt(ctx: Context, name: str, arguments: Mapping[str, str]) -> str:
    """A skill's instructions for the model, with the task of whoever picks it."""
    return await _text(ctx, name.removeprefix(PREFIX), arguments.get("task", ""))


@prompt_lister(PREFIX, get=skill_prompt, scope=READ)
async def skill_prompts(ctx: Context, cursor: str | None) -> PromptPage:
    """The skills that the caller may use, by name, without those that say that no person should pick them.

    A skill of the caller's namespace is called by its name, another one by its namespace and name.
    """
    after = None if cursor is None else cursors.decode(cursor, ctx.principal, _QUESTION, _LAST)
    return await ctx.transaction(partial(_page, principal=ctx.principal, after=after))


@prompt(scope=READ, completions={"skill": completions.skill})
async def use_skill(ctx: Context, skill: str, task: str = "") -> str:
    """Put a skill's instructions before the model, as data with its author and review, and what to use it for."""
    return await _text(ctx, skill, task)


async def _text(ctx: Context, skill: str, task: str) -> str:
    if not is_storable(task) or len(task) > LONGEST_TASK:
        raise InvalidArguments(f"task: it has to be text of at most {LONGEST_TASK} characters", hint="make it shorter")

    def work(session: Session) -> Opened:
        opened = open_for(session, ctx.principal, skill)
        refuse_rejected(ctx.principal, opened.skill, opened.version)
        return opened

    return "\n\n".join(_parts(await ctx.transaction(work), task))


def _parts(opened: Opened, task: str) -> Iterator[str]:
    for notice in opened.notices:
        yield f"Note: {notice}."
    instructions, next_offset = part(opened.instructions, 0, MOST_BYTES)
    manifest = manifest_from_json(opened.version.auxiliary_content)
    yield wrapped(instructions.replace(_ARGUMENTS, task), opened.origin, manifest)
    reference = opened.reference
    if next_offset is not None:
        yield f"That is a part of its instructions: skill_load reads on, with skill {reference}, offset {next_offset}."
    if manifest:
        yield f"skill_load reads its files, with skill {reference} and the path as file."
    if task and _ARGUMENTS not in instructions:
        yield f"Task: {task}"


def _page(session: Session, principal: Principal, after: tuple[str, str] | None) -> PromptPage:
    usable = or_(SkillVersion.review_status != "rejected", owned(principal))
    statement = (
        catalogue(principal)
        .with_only_columns(Skill.id, Skill.name, Skill.namespace, Skill.description, SkillVersion.metadata_json)
        .where(and_(readable(principal), usable))
        .order_by(Skill.name, Skill.id)
        .limit(_PAGE + 1)
    )
    if after is not None:
        statement = statement.where(tuple_(Skill.name, Skill.id) > after)
    rows = session.execute(statement).all()
    prompts = [
        _listed(name if namespace == principal.namespace else f"{namespace}/{name}", description, front_matter)
        for _, name, namespace, description, metadata in rows[:_PAGE]
        if (front_matter := _front_matter(metadata)).get("user-invocable") is not False
    ]
    if len(rows) <= _PAGE:
        return PromptPage(prompts)
    last = rows[_PAGE - 1]
    return PromptPage(prompts, cursors.encode([last.name, last.id], principal, _QUESTION))


def _listed(reference: str, description: str | None, front_matter: Mapping[str, Any]) -> ListedPrompt:
    hint = front_matter.get("argument-hint")
    task = PromptArgument("task", hint if isinstance(hint, str) and hint else _TASK)
    return ListedPrompt(f"{PREFIX}{reference}", title=reference, description=description or "", arguments=[task])


def _front_matter(stored: str | None) -> Mapping[str, Any]:
    try:
        front_matter = json.loads(stored or "{}")
    except ValueError:
        return {}
    return front_matter if isinstance(front_matter, dict) else {}
