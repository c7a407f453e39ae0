"""Round trips: what a shape sends it reads back, for values that hypothesis makes from the canonical schema."""
