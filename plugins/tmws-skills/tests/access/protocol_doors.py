"""The doors of skills over MCP (SEP-2640); see `doors.py`."""

from tmws_skills.format.package import Package, SkillFile

from .target import FILE
from .use_doors import DOORS, door
from .world import Visit

__all__ = ["DOORS", "door"]


@door("mcp method skills/list", opened_by="read")
async def list_skills(visit: Visit) -> bool:
    uris: list[str] = []
    cursor: str | None = None
    while True:
        page = await visit.method("skills/list", cursor=cursor)
        uris += [one["uri"] for one in page["skills"]]
        cursor = page.get("nextCursor")
        if cursor is None:
            return _uri(visit, "SKILL.md") in uris


@door("mcp method skills/get", opened_by="read", asks_for_one=True)
async def get_skill(visit: Visit) -> bool:
    found = await visit.method("skills/get", uri=_uri(visit, "SKILL.md"))
    assert len(found["skill"]["resources"]) == 2
    return visit.target.secret in found["skill"]["frontmatter"]["description"]


@door("mcp method skills/get", "at the digest of a version", opened_by="read")
async def get_version(visit: Visit) -> bool:
    found = await visit.method("skills/get", uri=_uri(visit, "SKILL.md", former=True))
    return bool(found["skill"]["frontmatter"]["name"] == visit.target.name)


@door("mcp method resources/directory/read", opened_by="read", asks_for_one=True)
async def read_directory(visit: Visit) -> bool:
    page = await visit.method("resources/directory/read", uri=_uri(visit, FILE.partition("/")[0]))
    return bool([one["uri"] for one in page["resources"]] == [_uri(visit, FILE)])


@door("mcp method resources/directory/read", "of the skill itself", opened_by="read", asks_for_one=True)
async def read_root(visit: Visit) -> bool:
    page = await visit.method("resources/directory/read", uri=_uri(visit, "").removesuffix("/"))
    return visit.target.secret in page["resources"][0]["description"]


@door("mcp method resources/directory/read", "at the digest of a version", opened_by="read")
async def read_directory_of_version(visit: Visit) -> bool:
    page = await visit.method("resources/directory/read", uri=_uri(visit, "", former=True).removesuffix("/"))
    return len(page["resources"]) == 2


@door("resource skill://{namespace}/{+path}", opened_by="read", asks_for_one=True)
async def read_skill_md(visit: Visit) -> bool:
    return visit.target.word in await visit.read(_uri(visit, "SKILL.md"))


@door("resource skill://{namespace}/{+path}", "a file", opened_by="read", asks_for_one=True)
async def read_file(visit: Visit) -> bool:
    return visit.target.hidden in await visit.read(_uri(visit, FILE))


@door("resource skill://{namespace}/{+path}", "at the digest of a version", opened_by="read")
async def read_former(visit: Visit) -> bool:
    return visit.target.former in await visit.read(_uri(visit, "SKILL.md", former=True))


@door("resource lister listed_skills", opened_by="read")
async def list_resources(visit: Visit) -> bool:
    return _uri(visit, "SKILL.md") in await visit.listed_resources()


def _uri(visit: Visit, path: str, *, former: bool = False) -> str:
    target = visit.target
    package = Package(target.former_skill_md, [SkillFile(FILE, f"There is {target.hidden}.\n".encode())])
    fixed = f"@{package.digest}/" if former else ""
    return f"skill://{target.namespace}/{fixed}{target.name}/{path}"
