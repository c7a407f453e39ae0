"""The conformance kit: one file a carrier runs with Python alone, against its own system, in both directions."""
