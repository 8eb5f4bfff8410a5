"""Simulated customers and agents: parties with real sound in processes of their own."""
