"""The templates of phases that a new database begins with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import seed
from tmws_workflows.models.phase_template import PhaseTemplate


def _phase(name: str, *personas: str, parallel: bool = False, approval_gate: bool = False) -> dict[str, object]:
    """One phase in the form in which a template holds it."""
    return {"name": name, "personas": list(personas), "parallel": parallel, "approval_gate": approval_gate}


def _templates() -> tuple[PhaseTemplate, ...]:
    """The four templates, as new rows."""
    return (
        PhaseTemplate(
            template_id="quick_fix",
            template_type="quick_fix",
            display_name="Quick fix",
            description="Repair one small thing, then prove that nothing else broke.",
            task_complexity="low",
            estimated_minutes=30,
            trigger_keywords=["fix", "bug", "hotfix", "typo", "patch"],
            phases={
                "phase_1_implementation": _phase("Implementation", "metis-developer"),
                "phase_2_verification": _phase("Verification", "hestia-auditor", approval_gate=True),
            },
        ),
        PhaseTemplate(
            template_id="security_audit",
            template_type="security_audit",
            display_name="Security audit",
            description="Scan for weaknesses, weigh the risk of each, and report.",
            task_complexity="high",
            estimated_minutes=240,
            trigger_keywords=["security", "audit", "vulnerability", "threat", "compliance"],
            phases={
                "phase_1_scan": _phase(
                    "Scan", "hestia-auditor", "aurora-researcher", parallel=True, approval_gate=True
                ),
                "phase_2_assessment": _phase(
                    "Risk assessment", "hestia-auditor", "hera-strategist", approval_gate=True
                ),
                "phase_3_report": _phase("Report", "muses-documenter", approval_gate=True),
            },
        ),
        PhaseTemplate(
            template_id="full",
            template_type="full",
            display_name="Full development",
            description="Plan, build, verify and document something large.",
            task_complexity="high",
            estimated_minutes=480,
            trigger_keywords=["feature", "implement", "build", "develop", "architecture"],
            phases={
                "phase_1_strategic": _phase(
                    "Strategy", "hera-strategist", "athena-conductor", parallel=True, approval_gate=True
                ),
                "phase_2_implementation": _phase(
                    "Implementation", "metis-developer", "artemis-optimizer", approval_gate=True
                ),
                "phase_3_verification": _phase(
                    "Verification", "hestia-auditor", "aurora-researcher", parallel=True, approval_gate=True
                ),
                "phase_4_documentation": _phase(
                    "Documentation", "muses-documenter", "aphrodite-designer", parallel=True, approval_gate=True
                ),
            },
        ),
        PhaseTemplate(
            template_id="research",
            template_type="research",
            display_name="Research",
            description="Find what is known about a question, then condense it.",
            task_complexity="medium",
            estimated_minutes=120,
            trigger_keywords=["research", "investigate", "compare", "explore", "analyse"],
            phases={
                "phase_1_search": _phase("Search", "aurora-researcher"),
                "phase_2_synthesis": _phase("Synthesis", "aurora-researcher", "muses-documenter", approval_gate=True),
            },
        ),
    )


@seed
def system_phase_templates(session: Session) -> None:
    """The four templates of the system; one that is there already, changed or deleted, is left alone."""
    present = set(session.scalars(select(PhaseTemplate.template_id)))
    for template in _templates():
        if template.template_id not in present:
            template.is_system = True
            session.add(template)
