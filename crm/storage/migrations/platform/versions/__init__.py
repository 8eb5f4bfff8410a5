"""One module per revision of the platform tables, forward only."""
