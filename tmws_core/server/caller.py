"""Who calls through a connection, and which application answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tmws_core.principal import Principal

if TYPE_CHECKING:
    from tmws_core.application import Application

ApplicationSource = Callable[[], "Application"]
"""Gives the opened application; it may be opened after the first answer, so it is asked for at each call."""


def principal_of(application: "Application") -> Principal:
    """The principal of a connection.

    Standard input belongs to the machine's own user, and the HTTP server binds loopback addresses only; so every
    connection there acts for that user.
    """
    return application.local_principal
