"""ChromaDB as the vector index of tmws-memory."""
