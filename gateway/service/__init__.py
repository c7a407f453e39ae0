"""The use cases of the standard insurer, and the engine that makes each happen at most once."""
