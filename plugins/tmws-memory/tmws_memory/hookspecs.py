"""The hooks of tmws-memory: another package can bring its own embedder, or its own vector index.

The first implementation that returns something counts, and those of other packages are asked before this one's own.
"""

from typing import TYPE_CHECKING

from tmws_core import hookspec
from tmws_core.host import Host

if TYPE_CHECKING:
    from tmws_memory.embedders.embedder import Embedder
    from tmws_memory.vectors.index import VectorIndex


@hookspec(firstresult=True)
def tmws_memory_embedder(application: Host) -> "Embedder | None":
    """Bring an embedder. It is asked for when the first text is to be embedded, in a thread.

    Args:
        application: the running application, for the settings.

    Returns:
        The embedder; None leaves it to the next one.

    Raises:
        EmbedderUnavailable: something that it needs is missing; searches then have words alone, and the status says so.

    Example:
        import numpy as np

        from tmws_core import hookimpl


        class Letters:
            name = "letters 1"
            dimension = 26

            def embed_documents(self, texts):
                return np.stack([self.embed_query(text) for text in texts])

            def embed_query(self, text):
                counts = np.array([text.lower().count(chr(97 + i)) for i in range(26)], np.float32)
                return counts / max(float(np.linalg.norm(counts)), 1.0)


        @hookimpl
        def tmws_memory_embedder(application):
            return Letters()
    """


@hookspec(firstresult=True)
def tmws_memory_vector_index(application: Host) -> "VectorIndex | None":
    """Bring a vector index. It is asked for once, when the first vector is to be kept or looked for, in a thread.

    Args:
        application: the running application, for the settings.

    Returns:
        The index; None leaves it to the next one.

    Example:
        import numpy as np

        from tmws_core import hookimpl


        class InMemory:
            name = "in memory"

            def __init__(self):
                self.vectors = {}

            def put(self, session, space, vectors):
                self.vectors.setdefault(space, {}).update(vectors)

            def similarities(self, session, space, query, ids):
                known = self.vectors.get(space, {})
                return {one: float(known[one] @ query) for one in ids if one in known}

            def nearest(self, session, space, query, limit, among=None):
                known = self.vectors.get(space, {})
                found = self.similarities(session, space, query, known if among is None else among)
                return sorted(found.items(), key=lambda pair: -pair[1])[:limit]


        @hookimpl
        def tmws_memory_vector_index(application):
            return InMemory()
    """
