"""Dialogue: reads Rasa's formats, understands, decides, runs one robot leg."""
