"""Reading a Rasa project: files in, a checked `Project` out, or every problem with its file and line."""
