"""Declarations are found where they stand, in the order in which they are written."""

import importlib
import sys
from types import ModuleType

import pytest

from tmws_core.contributions import HealthCheck, Seed, Tool, declared_in, modules_below
from tmws_core.testing.distributions import InstallPlugin

_CHECK = """
from tmws_core import Context, health_check, seed

@health_check
async def {name}(ctx: Context) -> str:
    '''Whether {name}.'''
    return "well"
"""


@pytest.fixture
def package(install_plugin: InstallPlugin) -> ModuleType:
    """A package with health checks in three modules, one of which imports from another."""
    install_plugin(
        "checks",
        {
            "__init__.py": _CHECK.format(name="zeal") + _CHECK.format(name="able"),
            "deep/__init__.py": "",
            "deep/down.py": _CHECK.format(name="down"),
            "other.py": "from checks.deep.down import down\n" + _CHECK.format(name="other"),
        },
    )
    return importlib.import_module("checks")


def test_declarations_come_in_the_order_of_the_source(package: ModuleType) -> None:
    assert [one.name for one in declared_in(package, HealthCheck)] == ["zeal", "able", "down", "other"]


def test_every_module_below_is_imported(package: ModuleType) -> None:
    assert [module.__name__ for module in modules_below(package)] == [
        "checks",
        "checks.deep",
        "checks.deep.down",
        "checks.other",
    ]
    assert "checks.deep.down" in sys.modules


def test_a_module_that_is_no_package_has_none_below() -> None:
    assert list(modules_below(importlib.import_module("tmws_core.principal"))) == [sys.modules["tmws_core.principal"]]


@pytest.mark.parametrize("kind", [Tool, Seed])
def test_other_kinds_are_passed_over(package: ModuleType, kind: type[Tool] | type[Seed]) -> None:
    assert list(declared_in(package, kind)) == []


def test_a_declaration_tells_its_place_and_description(package: ModuleType) -> None:
    [*_, down, _other] = declared_in(package, HealthCheck)
    assert (down.place, down.description) == ("checks.deep.down:down", "Whether down.")


def test_the_function_stays_what_it_was(package: ModuleType) -> None:
    [first, *_] = declared_in(package, HealthCheck)
    assert first.function is vars(package)["zeal"]
