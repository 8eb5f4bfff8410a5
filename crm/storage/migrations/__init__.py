"""Alembic's scripts, one history per domain."""
