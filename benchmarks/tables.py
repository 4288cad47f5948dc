"""Shows findings to people."""

from rich.console import Console
from rich.table import Table

from benchmarks.findings import Findings, Verdict
from benchmarks.measurement import Spread


def show(console: Console, title: str, findings: Findings) -> None:
    """Print one benchmark's rows, then its verdicts."""
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("measured")
    for heading in ("CPU ms", "quarters", "wall ms", "quarters", "n"):
        table.add_column(heading, justify="right")
    for row in findings.rows:
        table.add_row(row.name, *_cells(row.cpu), *_cells(row.wall), str(row.samples))
    console.print(table)
    for verdict in findings.verdicts:
        console.print(_sentence(verdict), highlight=False)
    console.print()


def _sentence(verdict: Verdict) -> str:
    found = f"  {verdict.claim}: {verdict.value:.2f} {verdict.unit}"
    if verdict.bound is None:
        return found
    colour, word = ("green", "met") if verdict.met else ("red", "MISSED")
    side = "at least" if verdict.at_least else "at most"
    return f"{found}, {side} {verdict.bound:g}: [{colour}]{word}[/{colour}]"


def _cells(spread: Spread | None) -> tuple[str, str]:
    if spread is None:
        return "", ""
    return _number(spread.median), f"{_number(spread.low)}-{_number(spread.high)}"


def _number(value: float) -> str:
    if value < 1:
        return f"{value:.3f}"
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"
