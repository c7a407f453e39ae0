"""Products, channels and the expressions in them: YAML with positions, read into one frozen, numbered snapshot."""
