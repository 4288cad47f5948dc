"""The types of the arguments of the tools for those who write skills, each described once."""

import base64
import binascii
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tmws_core.fields import Slug, StorableText
from tmws_skills.format.package import SkillFile

SkillName = Annotated[str, Field(min_length=1, max_length=400, description="Its name, namespace/name, or id.")]
VersionNumber = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Version = VersionNumber | Digest
ExpectedVersion = Annotated[
    VersionNumber | None, Field(description="Refuse the change when another version is active by now.")
]
AccessLevel = Annotated[
    Literal["private", "team", "shared", "public", "system"],
    Field(description="Who may read it: you; your namespace; whom you share it with; everybody; everybody, by rule."),
]
Tag = Annotated[StorableText, Field(min_length=1, max_length=200)]
Tags = Annotated[list[Tag], Field(max_length=20, description="Words to find it by, besides its text.")]
Persona = Annotated[StorableText, Field(min_length=1, max_length=50, description="The persona that it is for.")]
DisplayName = Annotated[StorableText, Field(min_length=1, max_length=255, description="Its name before people.")]
Namespace = Annotated[Slug | None, Field(description="The namespace; without it, the caller's own.")]
AgentId = Annotated[StorableText, Field(min_length=1, max_length=64, description="The public name of an agent.")]
SkillMd = Annotated[StorableText, Field(min_length=1, description="The whole SKILL.md, kept as it is.")]
Instructions = Annotated[StorableText, Field(min_length=1, description="What the skill teaches, as Markdown.")]
MetadataVersion = Annotated[
    StorableText, Field(min_length=1, max_length=100, description="metadata.version of the front matter, such as 1.2.")
]
Path = Annotated[StorableText, Field(min_length=1, max_length=1_000)]
Note = Annotated[StorableText, Field(min_length=1, max_length=2_000)]


class GivenFile(BaseModel):
    """A file of a skill: text, or base64 for what is no text."""

    model_config = ConfigDict(extra="forbid")

    path: Annotated[Path, Field(description="Below the skill's folder, such as references/a.md.")]
    text: StorableText | None = None
    base64: Annotated[str | None, Field(description="Its bytes as base64 (RFC 4648, section 4).")] = None
    executable: bool = False

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        if (self.text is None) == (self.base64 is None):
            raise ValueError("give either text or base64")
        if self.base64 is not None:
            try:
                base64.b64decode(self.base64, validate=True)
            except binascii.Error as error:
                raise ValueError(f"base64 cannot be decoded: {error}") from error
        return self

    def file(self) -> SkillFile:
        """The file."""
        content = (self.text or "").encode() if self.base64 is None else base64.b64decode(self.base64)
        return SkillFile(self.path, content, self.executable)


Files = Annotated[
    list[GivenFile],
    Field(
        max_length=512, description="Its other files.", examples=[[{"path": "references/more.md", "text": "# More"}]]
    ),
]
