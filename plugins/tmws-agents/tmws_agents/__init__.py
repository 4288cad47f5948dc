"""Agents, the namespaces that they work in, their teams, and personas."""
