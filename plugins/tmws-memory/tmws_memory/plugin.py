"""What tmws-memory contributes to the core, and to its own hooks."""

from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import TYPE_CHECKING

from tmws_core import hookimpl
from tmws_core.host import Host
from tmws_memory import commands, health, hookspecs, migrations, models, prompts, resources, tools
from tmws_memory.settings import MemorySettings
from tmws_memory.state import MemoryState, running

if TYPE_CHECKING:
    from tmws_memory.embedders.embedder import Embedder
    from tmws_memory.vectors.index import VectorIndex


@hookimpl
def tmws_models() -> ModuleType:
    """The four tables, and what is derived from them."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the tables."""
    return migrations


@hookimpl
def tmws_tools() -> ModuleType:
    """To store, read, find, change, share and condense memories."""
    return tools


@hookimpl
def tmws_resources() -> ModuleType:
    """Each memory by its URI, and the newest of a namespace."""
    return resources


@hookimpl
def tmws_commands() -> ModuleType:
    """What is done at the terminal, with files of the person who sits there."""
    return commands


@hookimpl
def tmws_health_checks() -> ModuleType:
    """Whether the memories and their index agree."""
    return health


@hookimpl
def tmws_prompts() -> ModuleType:
    """To recall, and to store what a session has taught."""
    return prompts


@hookimpl
def tmws_settings() -> type[MemorySettings]:
    """How large a memory may be, how long it lives, and how it is found."""
    return MemorySettings


@hookimpl
def tmws_hookspecs() -> ModuleType:
    """The embedder and the vector index."""
    return hookspecs


@hookimpl
def tmws_lifespan(application: Host) -> AbstractAsyncContextManager[MemoryState]:
    """Embeds what is stored, counts what is read, and does what is due."""
    return running(application)


@hookimpl(trylast=True)
def tmws_memory_embedder(application: Host) -> "Embedder":
    """The operator's ONNX folder, or else the static table that is installed."""
    from tmws_memory.embedders.onnx_folder import OnnxFolder
    from tmws_memory.embedders.static_table import wordllama_table

    folder = application.settings.section(MemorySettings).onnx_folder
    return wordllama_table() if folder is None else OnnxFolder(folder)


@hookimpl(trylast=True)
def tmws_memory_vector_index(application: Host) -> "VectorIndex":
    """PostgreSQL's own comparison where it has pgvector, or else a table of vectors that each process scans."""
    from tmws_memory.vectors.pgvector import PgVector, offered
    from tmws_memory.vectors.scan import VectorScan

    if offered(application.settings.database_url):
        return PgVector()
    return VectorScan(application.settings.section(MemorySettings).vector_cache_megabytes * 1_000_000)


@hookimpl(optionalhook=True, trylast=True)
def tmws_skills_embedder(application: Host) -> "Embedder | None":
    """The same embedder for skills, where tmws-skills is installed; the one in use, as soon as there is one."""
    from tmws_memory.embedders.checked import CheckedEmbedder

    meaning = application.state(MemoryState).meaning
    if not meaning.enabled:
        return None
    return meaning.loaded or CheckedEmbedder(application.hook.tmws_memory_embedder(application=application))
