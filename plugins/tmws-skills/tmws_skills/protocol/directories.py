"""Directories: what stands directly below a skill, or below a folder of one."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.tool_errors import NotFound
from tmws_skills.format.package import SKILL_MD, ManifestEntry
from tmws_skills.protocol.address import Address
from tmws_skills.protocol.entries import find, unserved
from tmws_skills.protocol.manifest import Manifest, Manifests

DIRECTORY = "inode/directory"


class Child(BaseModel):
    """A file or folder (MCP, `Resource`)."""

    model_config = ConfigDict(serialize_by_alias=True)

    uri: str
    name: str
    mime_type: str = Field(serialization_alias="mimeType")
    description: str | None = None
    size: int | None = None


def children(session: Session, principal: Principal, manifests: Manifests, uri: str) -> Sequence[Child]:
    """What stands directly below a folder, in the order of the names.

    Raises:
        NotFound: there is no such folder, the caller may not see it, or it is a file.
    """
    address = Address.parse(uri)
    if address is None:
        raise unserved(uri)
    version = find(session, principal, address)
    manifest = manifests.of(session, [version.id])[version.id]
    inside = f"{address.path}/" if address.path else ""
    found = list(_below(address, manifest, inside))
    if not found:
        raise NotFound(f"{uri[:1000]} is no directory")
    return found


def _below(address: Address, manifest: Manifest, inside: str) -> Iterator[Child]:
    folders = set[str]()
    for file in manifest.files:
        if not file.path.startswith(inside):
            continue
        name, is_deeper, _ = file.path.removeprefix(inside).partition("/")
        if not is_deeper:
            yield _file(address, manifest, file, name)
        elif name not in folders:
            folders.add(name)
            yield Child(uri=address.at(inside + name).uri, name=name, mime_type=DIRECTORY)


def _file(address: Address, manifest: Manifest, file: ManifestEntry, name: str) -> Child:
    told = Child(uri=address.at(file.path).uri, name=name, mime_type=file.media_type, size=file.size)
    if file.path == SKILL_MD and manifest.fault is None:
        description = str(manifest.front_matter["description"])
        return told.model_copy(update={"name": address.name, "description": description})
    return told
