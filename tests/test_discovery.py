"""A plugin that is not well is off, with its reason, and takes no other down."""

import sys
from collections.abc import Callable

import pytest

from tmws_core.assembly import Assembly
from tmws_core.discovery import installed_plugins
from tmws_core.errors import ConfigurationError, PluginError
from tmws_core.testing.distributions import InstallPlugin

Assemble = Callable[..., Assembly]
StatusOf = Callable[[Assembly, str], tuple[str, str]]

WELL = '''
import sys

from tmws_core import Context, hookimpl, tool


@tool(scope="well:read", read_only=True)
async def well_answer(ctx: Context) -> int:
    """Answer."""
    return 42


@hookimpl
def tmws_tools():
    return sys.modules[__name__]
'''

_HOOK = """
from tmws_core import hookimpl


@hookimpl
def {hook}():
    {body}
"""

BROKEN = {
    "raises": ("raise LookupError('no such planet')", "LookupError: no such planet"),
    "exits": ("import sys\nsys.exit(3)", "it called sys.exit(3)"),
    "hangs": ("while True:\n    pass", "it took longer than 0.2 s; raise TMWS_PLUGIN_IMPORT_SECONDS"),
    "hangs and catches everything": (
        "while True:\n    try:\n        while True: pass\n    except Exception:\n        pass",
        "it took longer than 0.2 s",
    ),
    "does not parse": ("def def", "SyntaxError"),
    "lacks an import": ("import there_is_no_such_module", "No module named 'there_is_no_such_module'"),
    "returns a number": (_HOOK.format(hook="tmws_models", body="return 42"), "tmws_models returned 42, not a module"),
    "returns nothing": (_HOOK.format(hook="tmws_tools", body="pass"), "tmws_tools returned None, not a module"),
    "returns no settings": (
        _HOOK.format(hook="tmws_settings", body="pass"),
        "tmws_settings returned None, not a pydantic model class",
    ),
    "yields": (_HOOK.format(hook="tmws_models", body="yield"), "tmws_models returned <generator object"),
    "raises in a hook": (_HOOK.format(hook="tmws_seeds", body="1 / 0"), "ZeroDivisionError"),
    "exits in a hook": (_HOOK.format(hook="tmws_seeds", body="raise SystemExit(1)"), "it called sys.exit(1)"),
    "contributes an empty module": (
        _HOOK.format(hook="tmws_tools", body="import json; return json"),
        "tmws_tools returned json, and no @tool function stands in it",
    ),
    "misspells a hook": (
        _HOOK.format(hook="tmws_model", body="return None"),
        "hook 'tmws_model' does not exist; did you mean 'tmws_models'?",
    ),
    "takes an argument that the hook does not have": (
        "from tmws_core import hookimpl\n@hookimpl\ndef tmws_tools(flavour): ...",
        "flavour",
    ),
    "wraps a hook": (
        "from tmws_core import hookimpl\n@hookimpl(wrapper=True)\ndef tmws_models():\n    return (yield)",
        "hook 'tmws_models' must be plain: no wrapper, tryfirst or trylast",
    ),
    "wants to be first": (
        "from tmws_core import hookimpl\n@hookimpl(tryfirst=True)\ndef tmws_models():\n    return None",
        "hook 'tmws_models' must be plain: no wrapper, tryfirst or trylast",
    ),
}


@pytest.fixture(params=sorted(BROKEN))
def broken(request: pytest.FixtureRequest, install_plugin: InstallPlugin) -> str:
    """One plugin that is broken in one way, beside one that is well; gives what the reason has to say."""
    source, said = BROKEN[request.param]
    install_plugin("broken", source)
    install_plugin("well", WELL)
    return said


def test_a_broken_plugin_is_off_and_its_reason_is_told(broken: str, assemble: Assemble, status_of: StatusOf) -> None:
    status, reason = status_of(assemble("broken", "well", plugin_import_seconds=0.2), "broken")
    assert status == "failed"
    assert broken in reason


def test_the_others_run_beside_a_broken_plugin(broken: str, assemble: Assemble) -> None:
    assembly = assemble("broken", "well", plugin_import_seconds=0.2)
    assert [record.name for record in assembly.active] == ["core", "well"]


def test_a_strict_start_ends_at_a_broken_plugin(broken: str, assemble: Assemble) -> None:
    with pytest.raises(PluginError) as raised:
        assemble("broken", "well", plugin_import_seconds=0.2, strict=True)
    assert "plugin 'broken' (tmws-broken 1.0) failed" in str(raised.value)
    assert broken in str(raised.value)


def test_what_a_broken_plugin_registered_is_not_called(install_plugin: InstallPlugin, assemble: Assemble) -> None:
    install_plugin("broken", _HOOK.format(hook="tmws_model", body="return None"))
    assert [name for name, _ in assemble("broken").manager.list_name_plugin()] == ["core"]


def test_the_nearest_hook_is_one_that_exists(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    install_plugin("first", _HOOK.format(hook="tmws_toolz", body="return None"))
    install_plugin("second", _HOOK.format(hook="tmws_tolz", body="return None"))
    assert status_of(assemble("first", "second"), "second") == (
        "failed",
        "registration: hook 'tmws_tolz' does not exist; did you mean 'tmws_tools'?",
    )


def test_what_a_plugin_prints_does_not_reach_standard_output(
    install_plugin: InstallPlugin, assemble: Assemble, capfd: pytest.CaptureFixture[str]
) -> None:
    install_plugin(
        "loud",
        """
        import os, subprocess, sys
        print("through print")
        os.write(1, b"through the descriptor\\n")
        subprocess.run([sys.executable, "-c", "print('through a child')"], check=True)
        """,
    )
    assert assemble("loud").active[-1].name == "loud"
    output, error = capfd.readouterr()
    assert output == ""
    assert {"through print", "through the descriptor", "through a child"} <= set(error.splitlines())


def test_two_distributions_with_one_name_are_both_stopped(install_plugin: InstallPlugin, assemble: Assemble) -> None:
    install_plugin("twin", WELL, distribution="tmws-castor", version="1.0", package="castor")
    install_plugin("twin", WELL, distribution="tmws-pollux", version="2.0", package="pollux")
    reason = "several distributions offer a plugin 'twin': tmws-castor 1.0, tmws-pollux 2.0; uninstall all but one"
    twins = [record for record in assemble("twin").records if record.name == "twin"]
    assert [(record.distribution, record.reason) for record in twins] == [
        ("tmws-castor", reason),
        ("tmws-pollux", reason),
    ]


def test_neither_of_two_with_one_name_is_imported(install_plugin: InstallPlugin, assemble: Assemble) -> None:
    install_plugin("twin", WELL, distribution="tmws-castor", package="castor")
    install_plugin("twin", WELL, distribution="tmws-pollux", package="pollux")
    assemble("twin")
    assert not {"castor", "pollux"} & set(sys.modules)


def test_a_strict_start_names_both_of_two_with_one_name(install_plugin: InstallPlugin, assemble: Assemble) -> None:
    install_plugin("twin", WELL, distribution="tmws-castor", package="castor")
    install_plugin("twin", WELL, distribution="tmws-pollux", version="2.0", package="pollux")
    with pytest.raises(PluginError, match=r"tmws-castor 1\.0, tmws-pollux 2\.0"):
        assemble("twin", strict=True)


def test_a_name_that_is_no_identifier_is_refused(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    install_plugin("Loud-Name", WELL, package="loud_name")
    status, reason = status_of(assemble("Loud-Name"), "Loud-Name")
    assert (status, reason) == (
        "failed",
        "the entry point's name 'Loud-Name' must be a lower-case Python identifier",
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"plugins": "agents"}, "it is not in TMWS_PLUGINS"),
        ({"blocked_plugins": "well"}, "it is in TMWS_BLOCKED_PLUGINS"),
        ({"safe_mode": True}, "the server runs in safe mode, without plugins"),
    ],
)
def test_a_plugin_that_is_ruled_out_is_not_imported(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf, fields: dict[str, object], reason: str
) -> None:
    install_plugin("well", WELL)
    assert status_of(assemble("well", **fields), "well") == ("blocked", reason)
    assert "well" not in sys.modules


def test_a_plugin_that_the_operator_ruled_out_does_not_end_a_strict_start(
    install_plugin: InstallPlugin, assemble: Assemble
) -> None:
    install_plugin("well", WELL)
    assert [record.name for record in assemble("well", blocked_plugins="well", strict=True).active] == ["core"]


def test_a_plugin_for_another_core_is_not_imported(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    install_plugin("well", WELL, requires=("tmws-core>=99",))
    status, reason = status_of(assemble("well"), "well")
    assert status == "incompatible"
    assert reason.startswith("it needs tmws-core>=99, and ")
    assert "well" not in sys.modules


def test_a_plugin_for_another_core_ends_a_strict_start(install_plugin: InstallPlugin, assemble: Assemble) -> None:
    install_plugin("well", WELL, requires=("tmws-core>=99",))
    with pytest.raises(PluginError, match=r"'well' \(tmws-well 1\.0\) incompatible: it needs tmws-core>=99"):
        assemble("well", strict=True)


def test_a_requirement_of_an_extra_is_not_a_requirement(install_plugin: InstallPlugin) -> None:
    install_plugin("well", WELL, requires=("Tmws_Core>=0", "tmws-agents; extra == 'agents'", "no requirement at all"))
    [record] = [record for record in installed_plugins() if record.name == "well"]
    assert record.requires == {"tmws-core": ">=0"}


def test_nothing_is_imported_to_find_the_plugins(install_plugin: InstallPlugin) -> None:
    install_plugin("well", WELL)
    assert "well" in {record.name for record in installed_plugins()}
    assert "well" not in sys.modules


def test_a_plugin_may_implement_the_hook_of_one_that_comes_later(
    install_plugin: InstallPlugin, assemble: Assemble
) -> None:
    install_plugin("abacus", _HOOK.format(hook="zither_notes", body="return ['c', 'e', 'g']"))
    install_plugin(
        "zither",
        {
            "__init__.py": """
                from tmws_core import hookimpl
                from zither import hooks

                @hookimpl
                def tmws_hookspecs():
                    return hooks
            """,
            "hooks.py": """
                from tmws_core import hookspec

                @hookspec
                def zither_notes():
                    '''Return a list of notes.'''
            """,
        },
    )
    assembly = assemble("abacus", "zither", strict=True)
    assert assembly.manager.hook.zither_notes() == [["c", "e", "g"]]


def test_a_hook_of_a_plugin_that_is_not_there_may_be_optional(
    install_plugin: InstallPlugin, assemble: Assemble
) -> None:
    install_plugin(
        "abacus",
        _HOOK.format(hook="zither_notes", body="return []").replace("@hookimpl", "@hookimpl(optionalhook=True)"),
    )
    assert [record.name for record in assemble("abacus", strict=True).active] == ["core", "abacus"]


def test_hooks_of_its_own_must_come_as_a_module(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    install_plugin("zither", _HOOK.format(hook="tmws_hookspecs", body="return 42"))
    assert status_of(assemble("zither"), "zither") == (
        "failed",
        "hooks of its own: tmws_hookspecs returned 42, not a module",
    )


def test_the_reason_is_logged(
    install_plugin: InstallPlugin, assemble: Assemble, caplog: pytest.LogCaptureFixture
) -> None:
    install_plugin("broken", "raise LookupError('no such planet')")
    assemble("broken")
    assert "plugin 'broken' (tmws-broken 1.0) is failed: import: LookupError: no such planet" in caplog.messages


def test_a_plugin_that_is_wanted_and_not_installed_ends_the_start(assemble: Callable[..., Assembly]) -> None:
    with pytest.raises(ConfigurationError, match="TMWS_PLUGINS names nonsense, which is not installed"):
        assemble("nonsense")


def test_a_hook_that_a_plugin_brings_may_be_answered_last(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    spec = "from tmws_core import hookspec\n@hookspec(firstresult=True)\ndef flavour(): ..."
    plugin = """
        from tmws_core import hookimpl
        from ice import hooks

        @hookimpl
        def tmws_hookspecs():
            return hooks

        @hookimpl(trylast=True)
        def flavour():
            return "vanilla"
    """
    install_plugin("ice", {"__init__.py": plugin, "hooks.py": spec})
    assembly = assemble("ice")
    assert status_of(assembly, "ice") == ("active", "")
    assert assembly.manager.hook.flavour() == "vanilla"
