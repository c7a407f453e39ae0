"""The engine: one operation is decided, written, sent, read and concluded, at most once."""
