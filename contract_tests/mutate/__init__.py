"""Mutation of mappings: every line of a mapping made wrong on purpose, to see which example notices.

mutants = mutants_of(load_carrier(folder, root)[0])
"""
