"""The demo: a platform on embedded defaults, simulated customers and agents, and what they leave behind."""
