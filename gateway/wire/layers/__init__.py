"""Wire layers: each turns one form of a message into the next, in both directions, strictly and within limits."""
