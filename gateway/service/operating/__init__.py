"""Operating: what a person may do and see, and what the clock does beside operations."""
