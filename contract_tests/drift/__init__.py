"""Drift: what a carrier says now beside what its mapping and its examples say, from a sandbox or from the journal."""
