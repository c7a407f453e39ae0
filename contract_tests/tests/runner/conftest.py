"""A workspace with one small carrier, its adapter generated once for all tests of the room."""

collect_ignore = ["workspace"]
