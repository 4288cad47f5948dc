"""What can be called from everywhere. No tool takes or gives a secret: it would stay in the context of a model."""
