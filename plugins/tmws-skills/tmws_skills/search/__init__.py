"""Finding skills: by their words in the full-text index, and by their meaning where somebody brings an embedder."""
