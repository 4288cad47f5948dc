"""Every error that the core raises on purpose.

Each error names the thing, says what was wrong and what to do. An error carries the exit code with which a command
ends when nothing catches it, after `sysexits.h`.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command tells a script what happened; the numbers are those of BSD's `sysexits.h`."""

    OK = 0
    FAILED = 1
    USAGE = 64
    UNAVAILABLE = 69
    SOFTWARE = 70
    CANNOT_CREATE = 73
    INPUT_OUTPUT = 74
    TEMPORARY_FAILURE = 75
    CONFIGURATION = 78


class TMWSError(Exception):
    """The base of every error that the core raises on purpose."""

    exit_code: ExitCode = ExitCode.SOFTWARE


class ConfigurationError(TMWSError):
    """A setting is unknown, malformed, or forbids the start."""

    exit_code = ExitCode.CONFIGURATION


class PluginError(TMWSError):
    """A plugin broke the contract; the text names the plugin, its distribution and version."""

    exit_code = ExitCode.CONFIGURATION


class ModelLeftOut(PluginError):
    """A table or mapped class of a plugin would not have become a table."""


class ModelDeclaredTooLate(PluginError):
    """A table was declared after the core had collected the plugin's metadata."""


class Conflict(PluginError):
    """Two plugins claim the same table, tool, route, command, setting, resource or prompt."""


class UnknownReference(PluginError):
    """A foreign key points to a table that no active plugin contributes."""


class UndeclaredRequirement(PluginError):
    """A foreign key points to a plugin whose distribution is not required."""


class PluginCycle(PluginError):
    """Plugins refer to each other's tables in a circle."""


class DatabaseError(TMWSError):
    """The database cannot be used as it is; nothing was changed."""

    exit_code = ExitCode.INPUT_OUTPUT


class DatabaseNotCreated(DatabaseError):
    """The folder or file of the database cannot be created."""

    exit_code = ExitCode.CANNOT_CREATE


class DatabaseBusy(DatabaseError):
    """Another process held the schema lock for too long."""

    exit_code = ExitCode.TEMPORARY_FAILURE


class SchemaRefused(DatabaseError):
    """The plan refuses a plugin: the database is newer, or holds unrecorded tables that differ."""

    exit_code = ExitCode.CONFIGURATION


class SchemaMismatch(DatabaseError):
    """The live schema is not the declared one."""


class OrphanedRows(DatabaseError):
    """A migration or seed would leave rows that refer to nothing."""
