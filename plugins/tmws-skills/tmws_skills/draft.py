"""A skill that is about to be created."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from tmws_skills.format.package import Package

AccessLevel = Literal["private", "team", "shared", "public", "system"]
Source = Literal["manual", "pattern", "tool_promotion", "import"]


@dataclass(frozen=True)
class Draft:
    """What its author says of a new skill.

    Attributes:
        package: its files.
        namespace: where it is put.
        access_level: who may see it.
        tags: words to find it by.
        persona: the persona that it is for.
        source: how it came to be.
        name: what it is called; without it, what its front matter says.
        display_name: what it is called before people.
    """

    package: Package
    namespace: str
    access_level: AccessLevel = "private"
    tags: Sequence[str] = field(default_factory=tuple)
    persona: str | None = None
    source: Source = "manual"
    name: str | None = None
    display_name: str | None = None
