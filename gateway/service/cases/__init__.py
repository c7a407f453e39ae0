"""The use cases: what each operation of the standard insurer needs and makes, and what is read."""
