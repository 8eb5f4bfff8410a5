"""The HTTP API, live events and the command line."""
