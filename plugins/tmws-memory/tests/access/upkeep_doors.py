"""The doors to memories that condense, mine, clean up, export, import and check them; see `doors.py`."""

import json
import tempfile
from pathlib import Path

from .doors import DOORS, Door, door
from .world import Visit

__all__ = ["DOORS", "Door"]


@door("tool memory_consolidate", opened_by="read", by_identifier=True)
async def consolidate(visit: Visit) -> bool:
    answer = await visit.tool("memory_consolidate", memory_ids=[visit.target.id], method="compress", dry_run=True)
    return visit.target.word in answer["text"]


@door("tool memory_unconsolidate", opened_by=None, by_identifier=True)
async def unconsolidate(visit: Visit) -> bool:
    await visit.tool("memory_unconsolidate", consolidation_id=visit.target.id)
    return True


@door("tool memory_provenance", opened_by="read", by_identifier=True)
async def provenance(visit: Visit) -> bool:
    await visit.tool("memory_provenance", memory_id=visit.target.id)
    return True


@door("tool memory_consolidation_proposals", "duplicates", opened_by=None)
async def proposals(visit: Visit) -> bool:
    answer = await visit.tool("memory_consolidation_proposals", namespace=visit.target.namespace)
    return visit.target.id in json.dumps(answer)


@door("tool memory_patterns_find", opened_by=None)
async def patterns_find(visit: Visit) -> bool:
    answer = await visit.tool("memory_patterns_find", namespace=visit.target.namespace)
    return visit.target.id in json.dumps(answer)


@door("tool memory_patterns", opened_by=None)
async def patterns(visit: Visit) -> bool:
    answer = await visit.tool("memory_patterns", namespace=visit.target.namespace)
    return visit.target.id in json.dumps(answer)


@door("tool memory_cleanup", opened_by=None)
async def cleanup(visit: Visit) -> bool:
    """What was remembered a moment ago is too young for it."""
    answer = await visit.tool("memory_cleanup", namespace=visit.target.namespace)
    return visit.target.id in json.dumps(answer)


@door("tool memory_maintain", opened_by=None)
async def maintain(visit: Visit) -> bool:
    """It tells whoever governs the server which memories are due, and no word of them."""
    answer = await visit.unheard("memory_maintain")
    return visit.target.word in json.dumps(answer)


@door("command export", opened_by="own")
async def export(visit: Visit) -> bool:
    return await _exported(visit, all_readable=False)


@door("command export", "all that can be read", opened_by="read")
async def export_readable(visit: Visit) -> bool:
    return await _exported(visit, all_readable=True)


@door("command import", opened_by="own", changes=True)
async def import_(visit: Visit) -> bool:
    """What the caller has already is a duplicate; what others have is none."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "memories.jsonl"
        file.write_text(json.dumps({"content": visit.target.text, "namespace": visit.target.namespace}) + "\n")
        report = await visit.command("import", path=file)
    return bool(getattr(report, "duplicates") == 1)  # noqa: B009 -- whatever a command returns


@door("command reindex", opened_by=None)
async def reindex(visit: Visit) -> bool:
    return visit.target.id in repr(await visit.command("reindex", words=True))


@door("health check memories", opened_by=None)
async def check(visit: Visit) -> bool:
    return visit.target.id in await visit.check("memories")


async def _exported(visit: Visit, *, all_readable: bool) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "memories.jsonl"
        await visit.command("export", path=file, namespace=visit.target.namespace, all_readable=all_readable)
        return visit.target.id in file.read_text()
