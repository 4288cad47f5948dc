"""The doors to memories that condense, mine, clean up, export, import and check them; see `doors.py`."""

import json
import tempfile
from pathlib import Path

from .circumstances import consolidated, like_it, seen_in_patterns
from .doors import DOORS, Door, door
from .world import Visit

__all__ = ["DOORS", "Door"]

_EVERYTHING = {"older_than_days": 0, "below_importance": 1}
"""Nothing is too young for a cleanup, and nothing in the matrix is important enough to stay."""


@door("tool memory_consolidate", opened_by="read", by_identifier=True, gives=["method", "dry_run"])
async def consolidate(visit: Visit) -> bool:
    answer = await visit.tool("memory_consolidate", memory_ids=[visit.target.id], method="compress", dry_run=True)
    return visit.target.word in answer["text"]


@door(
    "tool memory_consolidate",
    "and put aside",
    opened_by="own",
    by_identifier=True,
    changes=True,
    gives=["method", "archive_sources", "ask_model", "dry_run"],
)
async def consolidate_and_archive(visit: Visit) -> bool:
    before = await visit.row()
    about = {"method": "compress", "archive_sources": True, "ask_model": False, "dry_run": False}
    await visit.tool("memory_consolidate", memory_ids=[visit.target.id], **about)
    after = await visit.row()
    assert before is not None
    assert after is not None
    return before.archived_at is None and after.archived_at is not None


@door("tool memory_unconsolidate", opened_by="own", by_identifier=True, changes=True)
async def unconsolidate(visit: Visit) -> bool:
    await consolidated(visit)
    await visit.tool("memory_unconsolidate", consolidation_id=visit.target.id)
    after = await visit.row()
    return after is not None and after.archived_at is None


@door("tool memory_provenance", opened_by="read", by_identifier=True)
async def provenance(visit: Visit) -> bool:
    await visit.tool("memory_provenance", memory_id=visit.target.id)
    return True


@door("tool memory_consolidation_proposals", "duplicates", opened_by="own", gives=["kind"])
async def proposals(visit: Visit) -> bool:
    return await _proposed(visit, "duplicates")


@door("tool memory_consolidation_proposals", "topics", opened_by="read", gives=["kind"])
async def proposals_of_topics(visit: Visit) -> bool:
    return await _proposed(visit, "topics")


@door("tool memory_patterns_find", opened_by=None)
async def patterns_find(visit: Visit) -> bool:
    answer = await visit.tool("memory_patterns_find", namespace=visit.target.namespace)
    return visit.target.id in json.dumps(answer)


@door("tool memory_patterns", opened_by="read", gives=["pattern_type"])
async def patterns(visit: Visit) -> bool:
    await seen_in_patterns(visit)
    answer = await visit.tool("memory_patterns", namespace=visit.target.namespace, pattern_type="correlation")
    assert answer["total"] == len(answer["patterns"])
    return visit.target.id in json.dumps(answer)


@door("tool memory_patterns", "former ones", opened_by="read", gives=["include_former"])
async def former_patterns(visit: Visit) -> bool:
    await seen_in_patterns(visit)
    answer = await visit.tool("memory_patterns", namespace=visit.target.namespace, include_former=True)
    shown = [one["memory_ids"] for one in answer["patterns"] if one["pattern_type"] == "cluster"]
    return shown == [[visit.target.id]]


@door("tool memory_cleanup", opened_by="own")
async def cleanup(visit: Visit) -> bool:
    answer = await visit.tool("memory_cleanup", namespace=visit.target.namespace, **_EVERYTHING)
    assert answer["count"] == len(answer["memories"])
    return visit.target.id in [one["id"] for one in answer["memories"]]


@door("tool memory_cleanup", "for real", opened_by="own", changes=True, gives=["dry_run", "confirm"])
async def cleanup_for_real(visit: Visit) -> bool:
    before = await visit.row()
    about = {"dry_run": False, "confirm": True}
    await visit.tool("memory_cleanup", namespace=visit.target.namespace, **_EVERYTHING, **about)
    after = await visit.row()
    assert before is not None
    assert after is not None
    return before.deleted_at is None and after.deleted_at is not None


@door("tool memory_maintain", opened_by=None, gives=["dry_run"])
async def maintain(visit: Visit) -> bool:
    """It counts what is due for all, and names no memory that its caller cannot read."""
    answer = await visit.tool("memory_maintain", dry_run=True)
    return visit.target.word in json.dumps(answer)


@door("command export", opened_by="own")
async def export(visit: Visit) -> bool:
    return visit.target.id in await _exported(visit)


@door("command export", "all that can be read", opened_by="read", gives=["all_readable"])
async def export_readable(visit: Visit) -> bool:
    return visit.target.id in await _exported(visit, all_readable=True)


@door("command export", "the archive too", opened_by="archived", gives=["archived"])
async def export_archived(visit: Visit) -> bool:
    return visit.target.id in await _exported(visit, archived=True) and visit.target.id not in await _exported(visit)


@door("command export", "the archive and all", opened_by="archived", gives=["archived", "all_readable"])
async def export_archived_and_readable(visit: Visit) -> bool:
    exported = await _exported(visit, all_readable=True, archived=True)
    return visit.target.id in exported and visit.target.id not in await _exported(visit, all_readable=True)


@door("command export", "as Markdown", opened_by="own", gives=["format"])
async def export_as_markdown(visit: Visit) -> bool:
    return visit.target.id in await _exported(visit, format="markdown")


@door("command import", opened_by="own", changes=True)
async def import_(visit: Visit) -> bool:
    """What the caller has already is a duplicate; what others have is none."""
    return await _is_duplicate(visit)


@door("command import", "only tried", opened_by="own", gives=["own", "dry_run"])
async def try_import(visit: Visit) -> bool:
    return await _is_duplicate(visit, own=True, dry_run=True)


async def _is_duplicate(visit: Visit, **options: object) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "memories.jsonl"
        file.write_text(json.dumps({"content": visit.target.text, "namespace": visit.target.namespace}) + "\n")
        report = await visit.command("import", path=file, **options)
    return bool(getattr(report, "duplicates") == 1)  # noqa: B009 -- whatever a command returns


@door("command reindex", opened_by=None, gives=["words", "meaning", "all"])
async def reindex(visit: Visit) -> bool:
    return visit.target.id in repr(await visit.command("reindex", words=True, meaning=False, all=True))


@door("health check memories", opened_by=None)
async def check(visit: Visit) -> bool:
    return visit.target.id in await visit.check("memories")


async def _exported(visit: Visit, **options: object) -> str:
    """The text of the files of an export."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memories"
        await visit.command("export", path=path, namespace=visit.target.namespace, **options)
        return "".join(file.read_text() for file in ([path] if path.is_file() else sorted(path.rglob("*.md"))))


async def _proposed(visit: Visit, kind: str) -> bool:
    await like_it(visit)
    answer = await visit.tool("memory_consolidation_proposals", namespace=visit.target.namespace, kind=kind)
    proposed = any(visit.target.id in one["memory_ids"] for one in answer["proposals"])
    # the bystander's own is not similar to anything
    assert (answer["examined"], answer["found"]) == ((3, 1) if proposed else (0, 0))
    return proposed
