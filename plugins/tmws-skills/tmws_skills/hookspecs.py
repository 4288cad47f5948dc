"""The hooks of tmws-skills: another package can bring the embedder by which skills are found by meaning.

The first implementation that returns something counts.
"""

from typing import TYPE_CHECKING

from tmws_core import hookspec
from tmws_core.host import Host

if TYPE_CHECKING:
    from tmws_skills.search.embedder import Embedder


@hookspec(firstresult=True)
def tmws_skills_embedder(application: Host) -> "Embedder | None":
    """Bring an embedder. It is asked for when skills are first searched, in a thread.

    Args:
        application: the running application, for the settings.

    Returns:
        The embedder; None leaves it to the next one. Without any, skills are found by their words alone.

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
        def tmws_skills_embedder(application):
            return Letters()
    """
