"""The history of the customer tables."""
