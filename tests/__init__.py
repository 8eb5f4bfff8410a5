"""Mirrors the rooms, plus contract/, calls/, architecture/, e2e/, bench/."""
