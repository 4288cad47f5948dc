"""To set `metadata.version` in a SKILL.md, and leave every other character of it as it was."""

import json
import re

from tmws_skills.format.document import Document
from tmws_skills.format.front_matter import Node

_LINE_END = re.compile(r"\r?\n")


class VersionNotSet(ValueError):
    """The version cannot be set without changing something else."""


def with_version(text: str, version: str) -> str:
    """The text of a SKILL.md with another `metadata.version`.

    Args:
        text: the text.
        version: the version; it is written in quotes, so that it stays text.

    Returns:
        The text; when its front matter says that version already, unchanged.

    Raises:
        VersionNotSet: the front matter cannot be read as it is, or its `metadata` is no mapping.
    """
    document = Document.parse(text)
    if document.errors or any(one.code == "unquoted_colon" for one in document.diagnostics):
        raise VersionNotSet(f"metadata.version cannot be set: {document.diagnostics[-1]}")
    if document.version == version and isinstance(_metadata(document).get("version"), str):
        return text
    changed = _changed(document, json.dumps(version, ensure_ascii=False))
    _refuse_collateral(document, Document.parse(changed), version)
    return changed


def _changed(document: Document, quoted: str) -> str:
    text, start, line_end = document.text, document.front_matter_start, _line_end(document)
    metadata = document.node.members.get("metadata") if document.node else None
    if metadata is None:
        return _inserted(text, document.front_matter_end, f"metadata:{line_end}  version: {quoted}{line_end}")
    version = metadata.members.get("version")
    if version is not None:
        before, after = text[: start + version.start], text[start + version.end :]
        # a value that is nothing begins right after the colon
        return f"{before}{' ' if before.endswith(':') else ''}{quoted}{after}"
    if metadata.value is None:
        before, after = text[: start + metadata.start], text[start + metadata.end :]
        return f"{before}{line_end}  version: {quoted}{after}"
    if not isinstance(metadata.value, dict):
        raise VersionNotSet("metadata.version cannot be set: metadata is no mapping; write names and texts below it")
    if metadata.flow:
        comma = ", " if metadata.members else ""
        return _inserted(text, start + metadata.start + 1, f"version: {quoted}{comma}")
    return _inserted(text, start + metadata.start, f"version: {quoted}{line_end}{_indentation(text, start, metadata)}")


def _inserted(text: str, position: int, addition: str) -> str:
    return f"{text[:position]}{addition}{text[position:]}"


def _indentation(text: str, start: int, metadata: Node) -> str:
    position = start + metadata.start
    return text[text.rfind("\n", 0, position) + 1 : position]


def _line_end(document: Document) -> str:
    found = _LINE_END.search(document.text)
    return found[0] if found else "\n"


def _metadata(document: Document) -> dict[str, object]:
    metadata = document.front_matter.get("metadata")
    return dict(metadata) if isinstance(metadata, dict) else {}


def _refuse_collateral(before: Document, after: Document, version: str) -> None:
    """Refuse a change that says anything else than before but the version."""
    wanted = {**before.front_matter, "metadata": {**_metadata(before), "version": version}}
    if after.front_matter != wanted or after.body != before.body:
        raise VersionNotSet("metadata.version cannot be set in this front matter; write it there by hand")
