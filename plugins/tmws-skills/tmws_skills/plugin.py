"""What tmws-skills contributes to the core."""

from types import ModuleType

from tmws_core import hookimpl
from tmws_skills import migrations, models
from tmws_skills.settings import SkillsSettings


@hookimpl
def tmws_models() -> ModuleType:
    """The six tables, and what belongs to them."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the tables."""
    return migrations


@hookimpl
def tmws_settings() -> type[SkillsSettings]:
    """How large a skill may be, and how long a deleted one is kept."""
    return SkillsSettings
