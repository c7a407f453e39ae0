"""The checks of a mapping, one area per module; `cli.mapping.check` runs them all over one carrier."""
