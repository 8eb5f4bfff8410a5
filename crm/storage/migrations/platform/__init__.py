"""The history of the platform tables."""
