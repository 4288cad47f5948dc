"""Who calls through a connection."""

from tmws_core.application import Application
from tmws_core.principal import Principal


def principal_of(application: Application) -> Principal:
    """The principal of a connection.

    Standard input belongs to the machine's own user, and the HTTP server binds loopback addresses only; so every
    connection there is acts for that user.
    """
    return application.local_principal
