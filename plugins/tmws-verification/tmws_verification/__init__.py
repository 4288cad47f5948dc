"""Checked claims of agents, and the trust that follows from them."""
