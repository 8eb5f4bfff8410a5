"""What to do next: rules, memorised stories, fallback."""
