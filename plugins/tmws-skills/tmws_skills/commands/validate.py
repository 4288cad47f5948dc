"""`tmws skills validate`: what agentskills.io says against skills, before anybody imports or publishes them."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from tmws_core import Context, command
from tmws_skills import scanning
from tmws_skills.access import READ
from tmws_skills.exchange.answers import CheckedSkill, DiagnosticLine, ValidationReport
from tmws_skills.exchange.source import opened
from tmws_skills.format.diagnostic import Diagnostic, error, warning
from tmws_skills.format.document import Document
from tmws_skills.format.limits import Limits
from tmws_skills.format.reading import Fault, Found
from tmws_skills.format.validation import check_strict
from tmws_skills.settings import SkillsSettings


def _some_invalid(report: ValidationReport) -> bool:
    return report.invalid > 0


@command(scope=READ, failed=_some_invalid)
async def validate(
    ctx: Context,
    source: Annotated[
        str, Field(description="A folder, a .zip or .skill archive, or the address of a git repository.")
    ],
    commit: Annotated[str | None, Field(description="Of a git repository, a commit, a tag or a branch.")] = None,
    folder: Annotated[str, Field(description="Of a git repository, only what lies below this folder.")] = "",
) -> ValidationReport:
    """Check all skills below a path strictly, as publishing does, and tell what a reviewer would look at."""
    limits = ctx.settings(SkillsSettings).limits
    return await asyncio.to_thread(_report, source, limits, commit, folder)


def _report(named: str, limits: Limits, commit: str | None, folder: str) -> ValidationReport:
    skills: list[CheckedSkill] = []
    lines: list[DiagnosticLine] = []
    with opened(named, limits, commit=commit, folder=folder) as source:
        for read in source.reading:
            name, diagnostics = _checked(read)
            invalid = any(one.severity == "error" for one in diagnostics)
            skills.append(CheckedSkill(path=read.path, name=name, valid=not invalid))
            lines += [DiagnosticLine.of(read.path, one) for one in diagnostics]
    valid = sum(one.valid for one in skills)
    return ValidationReport(
        source=source.shown,
        commit=source.commit,
        valid=valid,
        invalid=len(skills) - valid,
        skills=skills,
        diagnostics=lines,
    )


def _checked(read: Found | Fault) -> tuple[str | None, Sequence[Diagnostic]]:
    """The name of a skill, and all that is said against it."""
    if isinstance(read, Fault):
        return None, [error("unreadable", read.reason, read.path)]
    document = Document.parse(read.package.skill_md)
    findings = [
        warning(one.code, f"{one.reason}: {one.excerpt}", f"{one.path}, line {one.line}")
        for one in scanning.scan(read.package)
    ]
    return document.name, [*read.diagnostics, *check_strict(document, read.directory_name), *findings]
