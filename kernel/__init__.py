"""What everyone needs and nobody owns: errors, clock, ids, settings, log, metrics, tasks, state machine, tenant scope."""
