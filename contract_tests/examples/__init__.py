"""Examples: what stands beside a mapping, read, and what of a carrier it is run against."""
