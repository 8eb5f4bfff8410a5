"""Calls from the wish to dial to the written journal: campaigns, pacing, picking, the runner, workers, wiring."""
