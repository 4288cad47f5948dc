"""`tmws doctor`: looks whether everything is well, and says what to do where it is not."""

import typer

from tmws_core.commands.output import AsJSON, print_json, print_line, print_table
from tmws_core.errors import ExitCode


def doctor(as_json: AsJSON = False) -> None:
    """Look at the settings, plugins, tables and database, and ask the plugins' health checks; nothing is changed."""
    from tmws_core.commands.diagnosis import Verdict, examine

    findings = list(examine())
    verdicts = [finding.verdict for finding in findings]
    bad = verdicts.count(Verdict.BAD)
    if as_json:
        print_json({"well": not bad, "findings": [vars(finding) for finding in findings]})
    else:
        print_table(("verdict", "what", "how it is"), ((one.verdict, one.check, one.text) for one in findings))
        print_line(f"{len(findings)} checks: {bad} bad, {verdicts.count(Verdict.NOTE)} to note")
    if bad:
        raise typer.Exit(ExitCode.FAILED)
