"""From a checked mapping to readable Python: plan, then emit."""
