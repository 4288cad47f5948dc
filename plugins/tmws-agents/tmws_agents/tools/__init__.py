"""What agents can call: about agents, namespaces, teams and personas, a module each."""
