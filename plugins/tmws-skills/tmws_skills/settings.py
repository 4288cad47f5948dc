"""The settings of tmws-skills."""

from pydantic import BaseModel, Field

from tmws_skills.format.limits import DEFAULT, Limits


class SkillsSettings(BaseModel):
    """The section `skills` of the settings."""

    most_files: int = Field(DEFAULT.files, ge=1, description="How many files a skill may have, SKILL.md among them.")
    max_file_bytes: int = Field(DEFAULT.file_bytes, ge=1, description="How large one file of a skill may be.")
    max_skill_bytes: int = Field(
        DEFAULT.skill_bytes, ge=1, description="How large all files of a skill may be together."
    )
    max_skill_md_bytes: int = Field(DEFAULT.skill_md_bytes, ge=1, description="How large SKILL.md may be.")
    max_depth: int = Field(DEFAULT.depth, ge=1, description="How many folders deep a file of a skill may lie.")
    max_import_entries: int = Field(
        DEFAULT.entries, ge=1, description="How many files and folders an import looks at, at most."
    )
    max_import_bytes: int = Field(DEFAULT.total_bytes, ge=1, description="How many bytes an import takes, at most.")
    review_all: bool = Field(
        False, description="Whether each published version waits for a reviewer, not just one with findings."
    )
    undo_days: float = Field(7, ge=0, description="How long a deleted skill can be restored before it is gone.")
    maintenance_seconds: float = Field(
        3600, ge=1, description="How often deleted skills and ended shares are looked for, in seconds."
    )
    most_per_maintenance: int = Field(
        1000, ge=1, description="How many skills each step of a maintenance run takes at most."
    )

    @property
    def limits(self) -> Limits:
        """How much of a skill is taken."""
        return Limits(
            files=self.most_files,
            file_bytes=self.max_file_bytes,
            skill_bytes=self.max_skill_bytes,
            skill_md_bytes=self.max_skill_md_bytes,
            depth=self.max_depth,
            entries=self.max_import_entries,
            total_bytes=self.max_import_bytes,
        )
