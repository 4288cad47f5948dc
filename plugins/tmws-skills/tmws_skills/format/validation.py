"""What agentskills.io asks of a skill: all of it for whoever publishes, the least of it for whoever imports."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tmws_skills.format.diagnostic import Diagnostic, error, warning
from tmws_skills.format.document import Document
from tmws_skills.format.package import SKILL_MD

NAME = re.compile(r"(?!.*--)[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
"""A name, to be matched whole: 1 to 64 lower-case letters, digits and single hyphens inside (SEP-2640)."""
LONGEST_DESCRIPTION = 1024
LONGEST_COMPATIBILITY = 500
RESERVED = "io.modelcontextprotocol/"
"""How the names in `metadata` begin that SEP-2640 keeps for itself."""
_FIELDS = ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
_MOST_LINES = 500
_MOST_TOKENS = 5000
_CHARACTERS_PER_TOKEN = 4
_MOST_SHOWN = 80


def tokens(text: str) -> int:
    """About how many tokens a text has: a quarter of its characters, rounded up."""
    return -(-len(text) // _CHARACTERS_PER_TOKEN)


def is_name(name: str) -> bool:
    """Whether a new skill may have this name."""
    return NAME.fullmatch(name) is not None


def check_strict(document: Document, directory_name: str | None = None) -> Sequence[Diagnostic]:
    """Everything that the format of agentskills.io says against a skill; what is only advised is a warning.

    Args:
        document: its SKILL.md.
        directory_name: the name of its folder, which must be its own; None when it has none.
    """
    found = [replace(one, severity="error") for one in document.diagnostics]
    if document.errors:
        return found
    return [
        *found,
        *_name(document, directory_name),
        *_description(document),
        *_optional(document),
        *_metadata(document),
        *_unknown(document),
        *_body(document),
    ]


def check_lenient(document: Document, directory_name: str | None = None) -> Sequence[Diagnostic]:
    """What is told on import: errors only when nobody could use the skill, everything else as a warning.

    Args:
        document: its SKILL.md.
        directory_name: the name of its folder, which it can be called by when its own name is unusable.
    """
    if document.errors:
        return document.diagnostics
    found = [replace(one, severity="warning") for one in check_strict(document, directory_name)]
    if not (document.description or "").strip():
        found = [one for one in found if not one.code.startswith("description_")]
        reason = "it has no description, by which it is found; say what it does and when to use it"
        found.append(error("description_missing", reason, _field("description")))
    if usable_name(document, directory_name) is None:
        reason = f"neither {_short(document.name)} nor its folder's name {_short(directory_name)} can be its name; "
        found.append(error("name_unusable", f"{reason}{_NAME_RULE}", _field("name")))
    return found


def usable_name(document: Document, directory_name: str | None = None) -> str | None:
    """What an imported skill is called: its own name when that is one, else its folder's; None when neither is."""
    candidates = (document.name, directory_name)
    return next((name for name in candidates if name is not None and is_name(name)), None)


_NAME_RULE = "use 1 to 64 lower-case letters and digits, with single hyphens between them"


def _field(name: str) -> str:
    return f"{SKILL_MD}, {name}"


def _short(text: str | None) -> str:
    return repr(text if text is None or len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…")


def _name(document: Document, directory_name: str | None) -> Iterator[Diagnostic]:
    name, where = document.front_matter.get("name"), _field("name")
    if name is None or name == "":
        yield error("name_missing", f"it has no name; {_NAME_RULE}", where)
    elif not isinstance(name, str):
        yield error("name_not_text", "the name is no text; put it in quotes", where)
    elif not is_name(name):
        yield error("name_malformed", f"{_short(name)} is no name for a skill; {_NAME_RULE}", where)
    elif directory_name is not None and name != directory_name:
        reason = f"the name {name!r} is not that of its folder, {_short(directory_name)}; rename one of them"
        yield error("name_not_of_directory", reason, where)


def _description(document: Document) -> Iterator[Diagnostic]:
    description, where = document.front_matter.get("description"), _field("description")
    if description is None:
        yield error("description_missing", "it has no description; say what it does and when to use it", where)
    elif not isinstance(description, str):
        yield error("description_not_text", "the description is no text; put it in quotes", where)
    elif not description.strip():
        yield error("description_empty", "the description is empty; say what it does and when to use it", where)
    elif len(description) > LONGEST_DESCRIPTION:
        reason = f"the description has {len(description)} characters, and may have {LONGEST_DESCRIPTION}; shorten it"
        yield error("description_too_long", reason, where)


def _optional(document: Document) -> Iterator[Diagnostic]:
    for name in ("license", "compatibility", "allowed-tools"):
        value = document.front_matter.get(name, "text")
        if not isinstance(value, str):
            yield error(f"{name.replace('-', '_')}_not_text", f"{name} is no text; write it on one line", _field(name))
    compatibility = document.front_matter.get("compatibility")
    if isinstance(compatibility, str) and not 1 <= len(compatibility) <= LONGEST_COMPATIBILITY:
        reason = f"compatibility has {len(compatibility)} characters, and may have 1 to {LONGEST_COMPATIBILITY}"
        yield error("compatibility_length", reason, _field("compatibility"))


def _metadata(document: Document) -> Iterator[Diagnostic]:
    metadata, where = document.front_matter.get("metadata", {}), _field("metadata")
    if not isinstance(metadata, dict):
        yield error("metadata_no_mapping", "metadata is no mapping; write names and texts below it", where)
        return
    for name, value in metadata.items():
        if name.startswith(RESERVED):
            yield error("metadata_reserved", f"the name {_short(name)} is kept for MCP; use one of your own", where)
        if isinstance(value, dict | list) or value is None:
            yield error("metadata_not_text", f"{_short(name)} is no text; write one", where)
        elif not isinstance(value, str):
            yield warning("metadata_unquoted", f"{_short(name)} is a number or truth value; put it in quotes", where)


def _unknown(document: Document) -> Iterator[Diagnostic]:
    for name in document.front_matter:
        if name not in _FIELDS:
            reason = f"agentskills.io has no field {_short(name)}; move it below metadata"
            yield error("field_unknown", reason, _field(_short(name)))


def _body(document: Document) -> Iterator[Diagnostic]:
    lines, size = document.body.count("\n"), tokens(document.body)
    if not document.body.strip():
        yield warning("body_empty", "it has no instructions after the front matter", SKILL_MD)
    if lines > _MOST_LINES or size > _MOST_TOKENS:
        reason = f"its instructions have {lines} lines and about {size} tokens; move some into files of its own"
        yield warning("body_long", f"{reason} (advised are {_MOST_LINES} and {_MOST_TOKENS})", SKILL_MD)
