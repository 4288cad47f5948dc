"""The declarative base of tmws-workflows."""

from sqlalchemy.orm import DeclarativeBase

from tmws_core.declarative import plugin_metadata


class Base(DeclarativeBase):
    """The base of every model of this plugin."""

    metadata = plugin_metadata("workflows")
