"""Agents, queues, routing, reservations, transfers."""
