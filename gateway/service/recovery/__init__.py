"""Recovery: what goes on with an operation that nobody waits for, whoever brings the carrier's word."""
