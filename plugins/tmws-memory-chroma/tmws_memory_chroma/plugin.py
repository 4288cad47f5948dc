"""What tmws-memory-chroma contributes: a vector index, once the operator has turned it on."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from tmws_core import hookimpl
from tmws_core.host import Host
from tmws_memory_chroma.lifespan import Chroma, running
from tmws_memory_chroma.settings import ChromaSettings

if TYPE_CHECKING:
    from tmws_memory.vectors.index import VectorIndex


@hookimpl
def tmws_settings() -> type[ChromaSettings]:
    """Whether it is used, and where its files are."""
    return ChromaSettings


@hookimpl
def tmws_lifespan(application: Host) -> AbstractAsyncContextManager[Chroma]:
    """Closes Chroma at the end."""
    return running(application)


@hookimpl
def tmws_memory_vector_index(application: Host) -> "VectorIndex | None":
    """Chroma, where it is turned on and no other process has its folder."""
    if not application.settings.section(ChromaSettings).enabled:
        return None
    return application.state(Chroma).index()
