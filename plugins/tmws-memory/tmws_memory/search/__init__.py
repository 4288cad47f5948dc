"""To find memories: who has which of the question's words, what is near in meaning, and in which order that is told."""
