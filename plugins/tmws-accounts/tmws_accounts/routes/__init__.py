"""What is asked for over HTTP with a secret in the request or in the answer, and what OAuth clients look for."""
