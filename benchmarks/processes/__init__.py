"""What runs in processes of its own, so that each sample begins like a server does: with nothing warm."""
