"""May this person be called now? Pure rules, atomic grants, and no when in doubt."""
