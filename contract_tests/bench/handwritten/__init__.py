"""The same messages as a careful engineer would write them by hand: the same bytes, the same checks, no generator.

Each module has `message` and `read` (the mapping alone), `encode` and `decode` (the layers), `build` and `parse`.
"""
