"""Sound and telephone legs: frames, playout, jitter, mixing, recording, gateways."""
