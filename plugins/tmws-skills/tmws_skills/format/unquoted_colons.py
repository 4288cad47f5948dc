"""To mend the most common fault of front matter: a text with a colon that nobody has put in quotes.

`description: Use it when: always` is no YAML, and most hosts take it nevertheless; the guide of agentskills.io for
those who load skills asks for that.
"""

import re

_ENTRY = re.compile(r"([ ]*)([A-Za-z0-9_.-]+:)([ \t]+)(\S.*)")
_COLON = re.compile(r":(?:\s|$)")
# these begin what is no plain text: quotes, block scalars, collections, and what YAML keeps for itself
_NO_PLAIN_TEXT = "\"'|>[{&*!#%@`"


def quoted(text: str) -> str:
    """The same YAML with quotes around each plain value that has a colon, over as many lines as it has."""
    lines = text.splitlines(keepends=True)
    result: list[str] = []
    position = 0
    while position < len(lines):
        end = _end_of_entry(lines, position)
        entry = "".join(lines[position:end])
        result.append(_quoted_entry(entry))
        position = end
    return "".join(result)


def _end_of_entry(lines: list[str], start: int) -> int:
    """The line after an entry with a value on its line, and after whatever is indented more below it."""
    match = _ENTRY.match(lines[start])
    if match is None:
        return start + 1
    indentation, end, last = len(match[1]), start + 1, start + 1
    while end < len(lines):
        stripped = lines[end].strip()
        if stripped and len(lines[end]) - len(lines[end].lstrip(" ")) <= indentation:
            break
        end += 1
        last = end if stripped else last
    return last


def _quoted_entry(entry: str) -> str:
    match = _ENTRY.match(entry)
    if match is None or match[4][0] in _NO_PLAIN_TEXT:
        return entry
    start = match.start(4)
    value = entry[start:].rstrip()
    if not _COLON.search(value):
        return entry
    doubled = value.replace("'", "''")
    return f"{entry[:start]}'{doubled}'{entry[start + len(value) :]}"
