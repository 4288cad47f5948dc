"""To make the next SKILL.md and the next files out of what an author gives, and of what is there."""

import json
from collections.abc import Collection, Sequence

from tmws_core.tool_errors import InvalidArguments, TooLarge
from tmws_skills.format.document import Document
from tmws_skills.format.limits import Limits
from tmws_skills.format.metadata_version import VersionNotSet, with_version
from tmws_skills.format.package import SKILL_MD, Package, SkillFile
from tmws_skills.format.paths import UnsafePath


def written(name: str, description: str, instructions: str, metadata_version: str | None) -> str:
    """A SKILL.md of its parts.

    A JSON text is one of YAML too (YAML 1.2.2, section 1.2), so that no name or description is taken for anything else.
    """
    lines = ["---", f"name: {_quoted(name)}", f"description: {_quoted(description)}"]
    if metadata_version is not None:
        lines += ["metadata:", f"  version: {_quoted(metadata_version)}"]
    return "\n".join([*lines, "---", "", instructions if instructions.endswith("\n") else f"{instructions}\n"])


def with_instructions(skill_md: str, instructions: str) -> str:
    """A SKILL.md with other instructions; its front matter stays as it is, byte for byte."""
    body = Document.parse(skill_md).body
    front = skill_md.removesuffix(body)
    gap = "\n" if front and not instructions.startswith("\n") else ""
    return f"{front}{gap}{instructions}"


def with_metadata_version(skill_md: str, version: str) -> str:
    """A SKILL.md with another `metadata.version`.

    Raises:
        InvalidArguments: its front matter leaves no room for one.
    """
    try:
        return with_version(skill_md, version)
    except VersionNotSet as error:
        raise InvalidArguments(f"metadata_version: {error}", hint="give the whole skill_md instead") from error


def with_files(files: Sequence[SkillFile], given: Sequence[SkillFile], removed: Collection[str]) -> list[SkillFile]:
    """The files of a skill, with some put in the place of others of the same path or beside them, and some left out.

    Raises:
        InvalidArguments: a file to be left out is not there.
    """
    known = {file.path for file in files}
    missing = sorted(set(removed) - known)
    if missing:
        raise InvalidArguments(
            f"remove_files: the skill has no file {missing[0]!r}", hint="skill_load lists its files at level 3"
        )
    replaced = {file.path for file in given} | set(removed)
    return [*(file for file in files if file.path not in replaced), *given]


def package_of(skill_md: str, files: Sequence[SkillFile], limits: Limits) -> Package:
    """A package that a skill can have.

    Args:
        skill_md: its SKILL.md.
        files: its other files.
        limits: how much is taken.

    Raises:
        InvalidArguments: a path leads out of the skill, or two are the same file on some systems.
        TooLarge: it is more than the settings allow.
    """
    try:
        package = Package(skill_md, files)
    except UnsafePath as error:
        raise InvalidArguments(f"files: {error}", hint="give paths below the skill, such as references/a.md") from error
    except UnicodeEncodeError as error:
        raise InvalidArguments(
            "skill_md: it has half of a surrogate pair, which is no character", hint="remove it"
        ) from error
    _refuse_too_large(package, limits)
    return package


def _refuse_too_large(package: Package, limits: Limits) -> None:
    sizes = {SKILL_MD: len(package.skill_md.encode()), **{file.path: len(file.content) for file in package.files}}
    depth = max(path.count("/") for path in sizes)
    faults = [
        ("most_files", "files", len(sizes), limits.files),
        ("max_skill_md_bytes", "bytes of SKILL.md", sizes[SKILL_MD], limits.skill_md_bytes),
        ("max_file_bytes", "bytes of one file", max(sizes.values()), limits.file_bytes),
        ("max_skill_bytes", "bytes of all files", sum(sizes.values()), limits.skill_bytes),
        ("max_depth", "folders above a file", depth, limits.depth),
    ]
    for setting, what, there, most in faults:
        if there > most:
            raise TooLarge(
                f"the skill has {there} {what}, of {most} at most",
                hint=f"make it smaller, or ask the operator for a larger {setting}",
                details={"setting": setting, "most": most},
            )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
