"""The database that the server works with: sessions for reading and for writing."""

from tmws_core.database.database import Database

__all__ = ["Database"]
