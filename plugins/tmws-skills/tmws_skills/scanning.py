"""To look through what is in a skill for what a reviewer should see: a finding is a warning, and refuses nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tmws_skills.dangerous_patterns import PATTERNS
from tmws_skills.format.media_type import is_text
from tmws_skills.format.package import SKILL_MD, Package

MOST_FINDINGS = 50
MOST_CHARACTERS = 4_000_000
"""So much text of a skill is looked through; that there is more of it is a finding of its own."""
_CHARACTERS_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that a reviewer should look at.

    Attributes:
        code: which pattern was found, a short word that programs compare.
        reason: why that may be dangerous.
        path: in which file.
        line: in which line of it, from 1.
        excerpt: what was found, with what cannot be seen written as escapes.
    """

    code: str
    reason: str
    path: str
    line: int
    excerpt: str

    def as_json(self) -> dict[str, Any]:
        """The finding as a version keeps it."""
        return asdict(self)


def scan(package: Package) -> Sequence[Finding]:
    """What is found in the text files of a package, by their paths: of each pattern the first place in each.

    Files that are no UTF-8 text are passed over: nobody reads instructions out of them.
    """
    found: list[Finding] = []
    left = MOST_CHARACTERS
    for path, text in _texts(package):
        if len(text) > left:
            return [*found, _too_much(path)]
        left -= len(text)
        found += _in_text(path, text)
        if len(found) >= MOST_FINDINGS:
            return found[:MOST_FINDINGS]
    return found


def _texts(package: Package) -> Iterator[tuple[str, str]]:
    yield SKILL_MD, package.skill_md
    for file in package.files:
        if is_text(file.content):
            yield file.path, file.content.decode()


def _in_text(path: str, text: str) -> Iterator[Finding]:
    lower, is_ascii = text.lower(), text.isascii()
    for pattern in PATTERNS:
        if not (any(sign in lower for sign in pattern.signs) if pattern.signs else not is_ascii):
            continue
        match = pattern.expression.search(text)
        if match is not None:
            line = text.count("\n", 0, match.start()) + 1
            yield Finding(pattern.code, pattern.reason, path, line, _visible(match.group()))


def _too_much(path: str) -> Finding:
    reason = f"from here on nothing was looked through, because the skill has more than {MOST_CHARACTERS:,} characters"
    return Finding("not_looked_through", reason, path, 1, "")


def _visible(text: str) -> str:
    shown = text[:_CHARACTERS_SHOWN]
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in shown)
