"""Finds the installed plugins and imports them, each by itself, so that one that fails takes no other down."""

import importlib
import logging
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import Distribution, EntryPoint, entry_points, version
from types import ModuleType

import pluggy
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tmws_core import hookspecs
from tmws_core.errors import ConfigurationError, PluginError
from tmws_core.import_guard import guarded
from tmws_core.plugin_record import PluginRecord, Status
from tmws_core.settings import CoreSettings

ENTRY_POINT_GROUP = "tmws.plugins"
CORE_DISTRIBUTION = "tmws-core"

logger = logging.getLogger(__name__)


def installed_plugins() -> list[PluginRecord]:
    """One record for each entry point in the group `tmws.plugins`, by name, the core's own first; nothing is imported.

    Two distributions that use one name are both stopped: neither may win in silence.
    """
    records = [_record(entry) for entry in entry_points(group=ENTRY_POINT_GROUP)]
    records.sort(key=lambda record: (record.distribution != CORE_DISTRIBUTION, record.name, record.distribution))
    uses = Counter(record.name for record in records)
    for record in records:
        if uses[record.name] > 1:
            rivals = ", ".join(f"{one.distribution} {one.version}" for one in records if one.name == record.name)
            record.stop(
                Status.FAILED, f"several distributions offer a plugin {record.name!r}: {rivals}; uninstall all but one"
            )
    return records


def choose(records: Sequence[PluginRecord], settings: CoreSettings) -> None:
    """Stop, before anything is imported, the plugins that the operator or their own requirements rule out.

    Raises:
        ConfigurationError: `TMWS_PLUGINS` names a plugin that is not installed.
    """
    unknown = (settings.plugins or frozenset()) - {record.name for record in records}
    if unknown:
        raise ConfigurationError(
            f"TMWS_PLUGINS names {', '.join(sorted(unknown))}, which is not installed; install it, or take the name out"
        )
    core_version = version(CORE_DISTRIBUTION)
    for record in records:
        if record.distribution == CORE_DISTRIBUTION:
            continue
        wanted = record.requires.get(CORE_DISTRIBUTION, "")
        if settings.safe_mode:
            record.stop(Status.BLOCKED, "the server runs in safe mode, without plugins")
        elif record.name in settings.blocked_plugins:
            record.stop(Status.BLOCKED, "it is in TMWS_BLOCKED_PLUGINS")
        elif settings.plugins is not None and record.name not in settings.plugins:
            record.stop(Status.BLOCKED, "it is not in TMWS_PLUGINS")
        elif not SpecifierSet(wanted).contains(core_version, prereleases=True):
            record.stop(Status.INCOMPATIBLE, f"it needs {CORE_DISTRIBUTION}{wanted}, and {core_version} is installed")


def import_plugins(records: Iterable[PluginRecord], seconds: float) -> pluggy.PluginManager:
    """Import the active plugins and register their hooks.

    Args:
        records: the plugins; one that fails is stopped with its reason.
        seconds: how long the import of one may take.

    Returns:
        The plugin manager with every plugin that could be registered, under its name.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    for record in _active(records):
        with stopping(record, "import"), guarded(seconds):
            record.hooks = importlib.import_module(record.module)
    for record in _active(records):
        with stopping(record, "hooks of its own"), guarded(seconds):
            _add_hookspecs(manager, record)
    for record in _active(records):
        with stopping(record, "registration"):
            _register(manager, record)
    return manager


class stopping:  # noqa: N801 -- it reads as a verb where it is used
    """Turns an error of one plugin into the reason for which that plugin, and no other, is stopped."""

    def __init__(self, record: PluginRecord, during: str) -> None:
        self._record = record
        self._during = during

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> bool:
        """Stop the plugin when there is an error that it is answerable for."""
        if not isinstance(error, Exception):
            return False
        reason = f"{self._during}: {error}" if isinstance(error, PluginError) else f"{self._during}: {error!r}"
        self._record.stop(Status.FAILED, reason, "".join(traceback.format_exception(error)))
        return True


def _active(records: Iterable[PluginRecord]) -> list[PluginRecord]:
    return [record for record in records if record.active]


def _record(entry: EntryPoint) -> PluginRecord:
    name, found, requires = _distribution(entry.dist)
    record = PluginRecord(entry.name, name, found, entry.module, requires)
    if not entry.name.isidentifier() or entry.name != entry.name.lower():
        record.stop(Status.FAILED, f"the entry point's name {entry.name!r} must be a lower-case Python identifier")
    return record


def _distribution(distribution: Distribution | None) -> tuple[str, str, dict[str, str]]:
    if distribution is None:
        return "unknown", "0", {}
    metadata = distribution.metadata
    requires: dict[str, str] = {}
    for line in metadata.get_all("Requires-Dist") or ():
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            requires[canonicalize_name(requirement.name)] = str(requirement.specifier)
    return canonical_name(distribution), metadata["Version"], requires


def canonical_name(distribution: Distribution) -> str:
    """A distribution's name, normalized (PEP 503)."""
    return canonicalize_name(distribution.metadata["Name"])


def _add_hookspecs(manager: pluggy.PluginManager, record: PluginRecord) -> None:
    contribute = getattr(record.hooks, "tmws_hookspecs", None)
    if contribute is None:
        return
    module = contribute()
    if not isinstance(module, ModuleType):
        raise PluginError(f"tmws_hookspecs returned {module!r}, not a module")
    manager.add_hookspecs(module)


def _register(manager: pluggy.PluginManager, record: PluginRecord) -> None:
    manager.register(record.hooks, record.name)
    known = {name for name, caller in vars(manager.hook).items() if caller.has_spec()}
    for caller in manager.get_hookcallers(record.hooks) or ():
        for implementation in caller.get_hookimpls():
            if implementation.plugin is not record.hooks:
                continue
            if not caller.has_spec() and not implementation.optionalhook:
                manager.unregister(record.hooks)
                raise PluginError(f"hook {caller.name!r} does not exist{_nearest(caller.name, known)}")
            wraps = implementation.wrapper or implementation.hookwrapper
            of_the_core = hasattr(hookspecs, caller.name)  # each plugin answers those for itself, in no order
            if of_the_core and (wraps or implementation.tryfirst or implementation.trylast):
                manager.unregister(record.hooks)
                raise PluginError(f"hook {caller.name!r} must be plain: no wrapper, tryfirst or trylast")


def _nearest(name: str, known: Iterable[str]) -> str:
    import difflib  # only a misspelt hook needs it

    close = difflib.get_close_matches(name, [other for other in known if other != name], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def refuse_any_failure(records: Iterable[PluginRecord]) -> None:
    """End a strict start when a plugin is not well.

    Raises:
        PluginError: a plugin failed, is incompatible or was skipped; the text names each with its reason.
    """
    unwell = [record for record in records if record.status in (Status.FAILED, Status.INCOMPATIBLE, Status.SKIPPED)]
    if unwell:
        raise PluginError("; ".join(f"plugin {record.origin} {record.status}: {record.reason}" for record in unwell))


def report(records: Iterable[PluginRecord], seen: Mapping[str, str] | None = None) -> None:
    """Log every plugin that does not run, with its reason; the traceback goes to the debug log."""
    for record in records:
        if record.status is not Status.ACTIVE and (seen or {}).get(record.name) != record.reason:
            level = logging.DEBUG if record.status is Status.BLOCKED else logging.ERROR
            logger.log(level, "plugin %s is %s: %s", record.origin, record.status, record.reason)
            logger.debug("%s", record.traceback)
