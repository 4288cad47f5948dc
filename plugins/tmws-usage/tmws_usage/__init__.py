"""How many tokens each agent consumes, hour by hour."""
