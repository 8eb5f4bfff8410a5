"""One module per revision of the customer tables, forward only."""
