"""Examples that kill a survivor: an example changed in one place, shown to tell the mutant from the mapping."""
