"""`insurehub migrate`: mappings of an earlier format rewritten into this one, comments kept."""
