"""A vector index that ChromaDB keeps in a folder of its own.

Chroma knows nothing of the database's transactions, so it only follows the table of vectors, by its revisions: what
was rolled back never gets there, what it has missed is read with the next search, and a lost folder is filled again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy.orm import Session

from tmws_memory.vectors.encoding import decoded_rows
from tmws_memory.vectors.index import Space, VectorIndexFault, Vectors
from tmws_memory.vectors.normalisation import normalised
from tmws_memory.vectors.rows import changes, identifiers, keep, newest_revision, revision_after

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection as ChromaCollection

MOST_FOLLOWED = 1000
"""About so many changes are read before a search, which has to answer within a second; the rest before the next."""
_MOST_AT_ONCE = 5000
_REVISION = "revision"


class ChromaIndex:
    """Finds the nearest vectors with Chroma's HNSW graph.

    Each space has a collection of its own: a search that has to filter takes ten times as long.
    """

    name = "chroma"
    follows_table = True

    def __init__(self, folder: Path, prefix: str) -> None:
        """Open nothing yet: to import Chroma takes seconds.

        Args:
            folder: where Chroma keeps its files; nobody else has it open.
            prefix: how the names of the collections begin.
        """
        self._folder = folder
        self._prefix = prefix
        self._lock = RLock()
        self._client: Client | None = None
        self._collections: dict[Space, ChromaCollection] = {}
        self._compared: set[Space] = set()

    def put(self, session: Session, space: Space, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors where Chroma will read them; see `VectorIndex`."""
        keep(session, space, vectors)

    def nearest(
        self, session: Session, space: Space, query: Vectors, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The nearest memories; see `VectorIndex`. Among named ones the answer is exact."""
        if not limit or not np.any(query):
            return []
        if among is not None:
            found = self.similarities(session, space, query, among).items()
            return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]
        with self._following(session, space) as collection:
            direction: list[Sequence[float] | Sequence[int]] = [query.tolist()]
            answer = collection.query(query_embeddings=direction, n_results=limit, include=["distances"])
            distances = answer["distances"] or [[]]
            return [
                (memory_id, max(-1.0, min(1.0, 1.0 - distance)))
                for memory_id, distance in zip(answer["ids"][0], distances[0], strict=True)
            ]

    def similarities(self, session: Session, space: Space, query: Vectors, ids: Collection[str]) -> dict[str, float]:
        """The cosines of some memories; see `VectorIndex`."""
        found: dict[str, float] = {}
        direction = normalised(query[np.newaxis])[0]
        with self._following(session, space) as collection:
            for some in _in_parts(list(dict.fromkeys(ids))):
                answer = collection.get(ids=some, include=["embeddings"])
                if answer["ids"]:
                    vectors = normalised(np.asarray(answer["embeddings"], np.float32))
                    cosines = np.vecdot(vectors, direction).clip(-1, 1)
                    found.update(zip(answer["ids"], cosines.tolist(), strict=True))
        return found

    def close(self) -> None:
        """Close Chroma; the next question opens it again."""
        with self._lock:
            client, self._client = self._client, None
            self._collections.clear()
            self._compared.clear()
            if client is not None:
                client.close()

    @contextmanager
    def _following(self, session: Session, space: Space) -> "Iterator[ChromaCollection]":
        """The collection of a space, brought up to the table; when anything fails, Chroma is opened anew next time."""
        try:
            with self._lock:
                collection = self._collection(space)
                self._follow(session, space, collection)
            yield collection
        except BaseException as error:
            self._forget()
            if type(error).__name__ == "PanicException":  # of the Rust code below Chroma, and no Exception
                raise VectorIndexFault(f"Chroma in {self._folder} broke down: {error}") from error
            raise

    def _forget(self) -> None:
        with suppress(Exception):  # what is broken may not even close, and why it is broken is told already
            self.close()

    def _collection(self, space: Space) -> "ChromaCollection":
        if self._client is None:
            self._client = _open(self._folder)
        if space not in self._collections:
            key = f"{space.namespace_token}\n{space.model}\n{space.dimension}"
            self._collections[space] = self._client.get_or_create_collection(
                f"{self._prefix}-{blake2b(key.encode(), digest_size=16).hexdigest()}",
                configuration={"hnsw": {"space": "cosine"}},
                metadata={"namespace": space.namespace_token, "model": space.model, _REVISION: 0},
                embedding_function=None,  # the one that Chroma brings would download a model
            )
        return self._collections[space]

    def _follow(self, session: Session, space: Space, collection: "ChromaCollection") -> None:
        known = _revision(collection)
        newest = newest_revision(session, space)
        if newest > known:
            until = revision_after(session, space, known, MOST_FOLLOWED)
            for rows in changes(session, space, known, until):
                _apply(collection, rows, space.dimension)
            known = until
            _remember(collection, known)
        if newest == known and space not in self._compared:
            self._compare(session, space, collection)
            self._compared.add(space)

    def _compare(self, session: Session, space: Space, collection: "ChromaCollection") -> None:
        """Find what went away, or was lost, while nobody followed."""
        there, here = set(collection.get(include=[])["ids"]), identifiers(session, space)
        for some in _in_parts(sorted(there - here)):
            collection.delete(ids=some)
        if here - there:
            _remember(collection, 0)


def _open(folder: Path) -> "Client":
    from chromadb.api.client import Client
    from chromadb.api.rust import RustBindingsAPI
    from chromadb.config import Settings, System

    # PersistentClient would keep a folder that it failed to open for opened, as long as the process lives
    system = System(Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder)))
    system.instance(RustBindingsAPI)
    system.start()
    return Client.from_system(system)


def _apply(collection: "ChromaCollection", rows: Sequence[tuple[str, bytes | None]], dimension: int) -> None:
    for some in _in_parts([memory_id for memory_id, vector in rows if vector is None]):
        collection.delete(ids=some)
    kept = {memory_id: vector for memory_id, vector in rows if vector is not None}
    for some in _in_parts(list(kept)):
        collection.upsert(ids=some, embeddings=decoded_rows([kept[one] for one in some], dimension).astype(np.float32))


def _revision(collection: "ChromaCollection") -> int:
    revision = (collection.metadata or {}).get(_REVISION, 0)
    return revision if isinstance(revision, int) else 0


def _remember(collection: "ChromaCollection", revision: int) -> None:
    collection.modify(metadata={**(collection.metadata or {}), _REVISION: revision})


def _in_parts(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _MOST_AT_ONCE):
        yield ids[start : start + _MOST_AT_ONCE]
