"""Leads, customers, consent, the timeline, storage and quota."""
