"""One path from the declared tables to the live ones: plan, then apply, then verify.

Everything here is synchronous and works on one connection, so that the server, the commands and the tests all take it.
"""
