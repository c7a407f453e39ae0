"""The small language of mock.yaml and kit.yaml: Python's syntax of expressions on a white list, trees filled by them.

Standard library alone but for `reader`, so that a conformance kit can carry it to a bare Python.
"""
