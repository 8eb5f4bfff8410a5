"""What a demo leaves behind: the rows as JSON, their summary, and one HTML page to look at and listen to."""
