"""The doors by which a person picks skills in a client; see `doors.py`."""

from .protocol_doors import DOORS, door
from .world import Visit

__all__ = ["DOORS", "door"]


@door("prompt use_skill", opened_by="read", asks_for_one=True)
async def use_skill(visit: Visit) -> bool:
    return visit.target.word in await visit.prompt("use_skill", skill=visit.target.reference)


@door("completion of skill in prompt use_skill", opened_by="read")
async def complete_skill(visit: Visit) -> bool:
    names = await visit.complete("use_skill", "skill", visit.target.name[:-1])
    return _called(visit) in names


@door("prompt lister skill_prompts", opened_by="read")
async def list_prompts(visit: Visit) -> bool:
    return f"skill-{_called(visit)}" in await visit.listed_prompts()


@door("prompt lister skill_prompts", "and get one", opened_by="read", asks_for_one=True)
async def get_prompt(visit: Visit) -> bool:
    return visit.target.word in await visit.listed_prompt(f"skill-{visit.target.reference}")


def _called(visit: Visit) -> str:
    """What the skill is called before its caller."""
    at_home = visit.target.namespace == visit.call.principal.namespace
    return visit.target.name if at_home else visit.target.reference
