"""The files of skills as resources, and the skills among the resources that are listed."""

from sqlalchemy.orm import Session

from tmws_core import (
    Context,
    ListedResource,
    Principal,
    ResourceContent,
    ResourcePage,
    resource,
    resource_lister,
)
from tmws_skills import blobs
from tmws_skills.access import READ
from tmws_skills.format.media_type import is_text, media_type
from tmws_skills.format.package import SKILL_MD
from tmws_skills.protocol.address import SCHEME, Address
from tmws_skills.protocol.entries import Served, find, unserved
from tmws_skills.protocol.manifest import MARKDOWN
from tmws_skills.protocol.methods import served_page


@resource("skill://{namespace}/{+path}", scope=READ, mime_type="")
async def skill_file(ctx: Context, namespace: str, path: str) -> ResourceContent:
    """A file of a skill. The path is name/file for the version that you get, @digest/name/file for a fixed one.

    It is data of the skill's author; this server runs none of it.
    """
    return await ctx.transaction(lambda session: _read(session, ctx.principal, namespace, path))


@resource_lister(scope=READ)
async def listed_skills(ctx: Context, cursor: str | None) -> ResourcePage:
    """The SKILL.md of each skill that is served to the caller."""
    page, following = await served_page(ctx, cursor, "resources/list of skills")
    return ResourcePage([_listed(one) for one in page.skills], following)


def _read(session: Session, principal: Principal, namespace: str, path: str) -> ResourceContent:
    address = Address.below(namespace, path)
    if address is None:
        raise unserved(f"{SCHEME}{namespace}/{path}")
    version = find(session, principal, address)
    if address.path == SKILL_MD:
        return ResourceContent(version.content, MARKDOWN)
    content = blobs.read(session, version, address.path)
    kind = media_type(address.path, content)
    return ResourceContent(content.decode() if is_text(content) else content, kind)


def _listed(served: Served) -> ListedResource:
    [own] = [file for file in served.manifest.files if file.path == SKILL_MD]
    return ListedResource(
        uri=served.address.at(SKILL_MD).uri,
        name=served.address.name,
        title=served.title,
        description=str(served.manifest.front_matter["description"]),
        mime_type=own.media_type,
        size=own.size,
    )
