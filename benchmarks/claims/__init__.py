"""The claims: one module for each, with what is claimed in its first line and a function `measure`."""
