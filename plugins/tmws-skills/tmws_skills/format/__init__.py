"""The format of agentskills.io: what a skill is outside the database. Nothing below this package knows of one."""
