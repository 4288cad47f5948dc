"""Using a skill: who has which version active, what it brings along, and how it went."""
