"""How a campaign's calls are lived: one file a mode, one row of `dialer.modes.table` each."""
