"""The doors to find, load, use, import and export skills; see `doors.py`."""

import base64
import io
import json
import tempfile
import zipfile
from pathlib import Path

from .doors import DOORS, door
from .target import FILE
from .world import Visit

__all__ = ["DOORS", "door"]


@door("tool skill_list", opened_by="read")
async def list_(visit: Visit) -> bool:
    page = await visit.tool("skill_list", namespace=visit.target.namespace)
    assert page["total"] == len(page["skills"])
    return visit.target.id in [one["id"] for one in page["skills"]]


@door("tool skill_list", "by tag and state", opened_by="read", gives=["state"])
async def list_by_tag(visit: Visit) -> bool:
    page = await visit.tool("skill_list", tags=[visit.target.tag], state="deprecated")
    return bool(page["total"] or page["skills"])


@door("tool skill_list", "deleted", opened_by="restore", gives=["state"])
async def list_deleted(visit: Visit) -> bool:
    page = await visit.tool("skill_list", namespace=visit.target.namespace, state="deleted")
    return bool(page["total"] or page["skills"])


@door("tool skill_list", "active", opened_by="read", gives=["active"])
async def list_active(visit: Visit) -> bool:
    await visit.try_tool("skill_activate", skill=visit.target.id)
    page = await visit.tool("skill_list", namespace=visit.target.namespace, active=True)
    return bool(page["total"] or page["skills"])


@door("tool skill_search", opened_by="read")
async def search(visit: Visit) -> bool:
    found = await visit.tool("skill_search", query=f"the {visit.target.word}")
    return visit.target.id in [hit["skill"]["id"] for hit in found["hits"]]


@door("tool skill_search", "by name and tag", opened_by="read")
async def search_by_name(visit: Visit) -> bool:
    about = {"namespace": visit.target.namespace, "tags": [visit.target.tag]}
    found = await visit.tool("skill_search", query=visit.target.name, **about)
    return bool(found["hits"])


@door("tool skill_load", opened_by="read", asks_for_one=True)
async def load(visit: Visit) -> bool:
    return visit.target.word in (await visit.tool("skill_load", skill=visit.target.id))["content"]


@door("tool skill_load", "a former version with its files", opened_by="read", asks_for_one=True)
async def load_former(visit: Visit) -> bool:
    loaded = await visit.tool("skill_load", skill=visit.target.reference, level=3, version=1)
    return visit.target.former in loaded["content"] and loaded["files"][0]["path"] == FILE


@door("tool skill_load", "a file", opened_by="read", asks_for_one=True)
async def load_file(visit: Visit) -> bool:
    loaded = await visit.tool("skill_load", skill=visit.target.id, file=FILE)
    return visit.target.hidden in loaded["file"]["content"]


@door("tool skill_activate", opened_by="read", asks_for_one=True)
async def activate(visit: Visit) -> bool:
    active = await visit.tool("skill_activate", skill=visit.target.id)
    return bool(active["activation"]["skill_id"] == visit.target.id)


@door("tool skill_deactivate", opened_by="read", asks_for_one=True, gives=["outcome"])
async def deactivate(visit: Visit) -> bool:
    await visit.try_tool("skill_activate", skill=visit.target.id)
    ended = await visit.tool("skill_deactivate", skill=visit.target.id, outcome="succeeded")
    return bool(ended["state"] == "inactive")


@door("tool skill_activations", opened_by="read", gives=["state"])
async def activations(visit: Visit) -> bool:
    await visit.try_tool("skill_activate", skill=visit.target.id)
    page = await visit.tool("skill_activations", state="active", limit=100)
    return visit.target.id in [one["skill_id"] for one in page["activations"]]


@door("tool skill_activations", "of the skill", opened_by="read", asks_for_one=True)
async def activations_of_the_skill(visit: Visit) -> bool:
    await visit.try_tool("skill_activate", skill=visit.target.id)
    page = await visit.tool("skill_activations", skill=visit.target.reference)
    return bool(page["total"] and page["statistics"])


@door("tool skill_tool_set", opened_by="write", asks_for_one=True, changes=True, gives=["detail_level"])
async def tool_set(visit: Visit) -> bool:
    needs = await visit.tool("skill_tool_set", skill=visit.target.id, tool="changed", detail_level="full")
    return "changed" in json.dumps(needs["tools"])


@door("tool skill_tool_set", "taken away", opened_by="write", asks_for_one=True, changes=True, gives=["remove"])
async def tool_unset(visit: Visit) -> bool:
    needs = await visit.tool("skill_tool_set", skill=visit.target.id, tool=visit.target.need, remove=True)
    return not needs["tools"]


@door("tool skill_filter_set", opened_by="write", asks_for_one=True, changes=True, gives=["filter_type"])
async def filter_set(visit: Visit) -> bool:
    about = {"filter_type": "tag", "value": {"tags": ["changed"]}}
    return "changed" in json.dumps(await visit.tool("skill_filter_set", skill=visit.target.id, **about))


@door(
    "tool skill_filter_set",
    "taken away",
    opened_by="write",
    asks_for_one=True,
    changes=True,
    gives=["filter_type", "remove"],
)
async def filter_unset(visit: Visit) -> bool:
    about = {"filter_type": "tag", "value": {"tags": [visit.target.tag], "most": 5}, "remove": True}
    return not (await visit.tool("skill_filter_set", skill=visit.target.id, **about))["memory_filters"]


@door("tool lister tools_of_active_skills", opened_by="read")
async def tools_of_active_skills(visit: Visit) -> bool:
    await visit.try_tool("skill_activate", skill=visit.target.id)
    return visit.target.need in await visit.listed_tools()


@door("tool skill_export_package", opened_by="read", asks_for_one=True)
async def export_package(visit: Visit) -> bool:
    exported = await visit.tool("skill_export_package", skill=visit.target.id)
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(exported["archive"]))) as archive:
        return visit.target.hidden in archive.read(f"{visit.target.name}/{FILE}").decode()


@door("tool skill_import_package", "over it", opened_by="import", changes=True, gives=["access_level"])
async def import_package(visit: Visit) -> bool:
    """What is there already gets a version from whoever may write it, and is refused to others of the namespace."""
    text = visit.target.skill_md.replace(visit.target.word, "changed")
    about = {"namespace": visit.target.namespace, "access_level": "private"}
    await visit.tool("skill_import_package", skill_md=text, **about)
    return "changed" in (await visit.version()).content


@door("command import", opened_by="import", changes=True, gives=["level"])
async def import_(visit: Visit) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / visit.target.name / "SKILL.md"
        file.parent.mkdir()
        file.write_text(visit.target.skill_md.replace(visit.target.word, "changed"))
        await visit.command("import", source=str(file.parent), namespace=visit.target.namespace, level="private")
    return "changed" in (await visit.version()).content


@door("command export", opened_by="own")
async def export(visit: Visit) -> bool:
    return visit.target.hidden in await _exported(visit)


@door("command export", "all that can be read", opened_by="read", gives=["all_readable"])
async def export_readable(visit: Visit) -> bool:
    return visit.target.hidden in await _exported(visit, all_readable=True)


@door("command export", "by name", opened_by="read", asks_for_one=True)
async def export_by_name(visit: Visit) -> bool:
    return visit.target.hidden in await _exported(visit, skill=[visit.target.reference])


@door("command validate", opened_by=None)
async def validate(visit: Visit) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        return visit.target.id in repr(await visit.command("validate", source=folder))


async def _exported(visit: Visit, **options: object) -> str:
    """The text of the files of an export."""
    with tempfile.TemporaryDirectory() as folder:
        await visit.command("export", target=Path(folder) / "skills", **options)
        return _text_below(Path(folder))


def _text_below(folder: Path) -> str:
    return "".join(file.read_text() for file in sorted(folder.rglob("*.md")))
