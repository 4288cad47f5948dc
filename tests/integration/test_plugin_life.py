"""A plugin from outside the repository is installed, removed, brought back, upgraded, downgraded; its rows stay."""

from typing import Any

import pytest

from tests.integration.conftest import InstallLedger
from tests.integration.installation import Installation
from tests.integration.look import Look

_FORGOTTEN_MODEL = """
from ledger.models import Base
from sqlalchemy.orm import Mapped, mapped_column


class Budget(Base):
    __tablename__ = "ledger_budgets"
    id: Mapped[int] = mapped_column(primary_key=True)
"""


@pytest.fixture
def used(established: Installation, install_ledger: InstallLedger) -> Installation:
    """Version 1 of the plugin was installed, and has been used."""
    install_ledger(1)
    established.ask("call", "ledger_add", "amount=3")
    return established


def _tools(installation: Installation) -> set[str]:
    return {tool["name"] for tool in installation.ask("tools")["tools"]}


def _plugins(installation: Installation) -> dict[str, dict[str, Any]]:
    return {plugin["name"]: plugin for plugin in installation.ask("call", "server_status")["plugins"]}


def _inactive(installation: Installation) -> dict[str, str]:
    return {name: one["reason"] for name, one in _plugins(installation).items() if one["status"] != "active"}


def test_an_installed_plugin_brings_its_tables_and_tools(
    established: Installation, look: Look, install_ledger: InstallLedger
) -> None:
    tables, tools = look.tables(), _tools(established)
    install_ledger(1)
    assert _tools(established) - tools == {"ledger_add", "ledger_sum", "ledger_process"}
    established.ask("db", "apply")
    assert look.tables() - tables == {"ledger_entries", "ledger_receipts"}
    assert established.ask("db", "check")["well"]


def test_a_plugin_that_is_installed_changes_no_table_of_the_others(
    established: Installation, look: Look, install_ledger: InstallLedger
) -> None:
    def others() -> dict[str, object]:
        everything = look.everything()
        return {name: rows for name, rows in everything.items() if name not in ("definitions", "tmws_plugins")}

    before = others()
    install_ledger(1)
    established.ask("db", "apply")
    after = others()
    assert {name: after[name] for name in before} == before


def test_the_rows_of_a_plugin_that_was_removed_stay_and_the_plan_names_it(used: Installation, look: Look) -> None:
    before = look.everything()
    used.uninstall("ledger")
    plan = used.ask("db", "apply")
    absent = {"plugin": "ledger", "distribution": "tmws-ledger", "version": "1.0"}
    assert plan["absent"] == [{**absent, "tables": ["ledger_entries", "ledger_receipts"]}]
    assert plan["unclaimed"] == []
    assert not {tool for tool in _tools(used) if tool.startswith("ledger_")}
    assert _inactive(used) == {}
    assert look.everything() == before


def test_a_plugin_that_comes_back_finds_its_rows(used: Installation, install_ledger: InstallLedger) -> None:
    used.uninstall("ledger")
    used.ask("db", "apply")
    install_ledger(1)
    assert used.ask("db", "plan")["absent"] == []
    assert used.ask("call", "ledger_sum") == {"result": 3}


def test_an_upgraded_plugin_keeps_its_rows_and_a_copy_of_how_they_were(
    used: Installation, look: Look, install_ledger: InstallLedger
) -> None:
    before = look.everything()
    install_ledger(2)
    used.ask("db", "apply")
    assert look.rows("SELECT amount, currency FROM ledger_entries") == [(3, "EUR")]
    assert used.ask("db", "check")["well"]
    (safety_copy,) = (used.database.parent / "backups").iterdir()
    assert Look(f"sqlite:///{safety_copy}").everything() == before


def test_a_downgraded_plugin_is_refused_alone_and_works_when_it_is_upgraded_again(
    used: Installation, install_ledger: InstallLedger
) -> None:
    install_ledger(2)
    used.ask("db", "apply")
    install_ledger(1)
    assert _inactive(used).keys() == {"ledger"}
    install_ledger(2)
    assert _inactive(used) == {}
    assert used.ask("call", "ledger_sum") == {"result": 3}


def test_a_model_that_nothing_imports_stops_its_plugin_and_is_named_with_its_line(
    used: Installation, look: Look
) -> None:
    before = look.everything()
    forgotten = used.sites["ledger"] / "ledger" / "budgets.py"
    forgotten.write_text(_FORGOTTEN_MODEL, encoding="utf-8")
    reasons = _inactive(used)
    line = _FORGOTTEN_MODEL.splitlines().index('    __tablename__ = "ledger_budgets"') + 1
    assert reasons.keys() == {"ledger"}
    assert f"{forgotten}:{line}" in reasons["ledger"]
    assert look.everything() == before
