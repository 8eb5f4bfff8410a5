"""Hearing and speaking: VAD, end of turn, recognition, synthesis, prompts, and the pipeline that joins them to a leg."""
