"""Cedar Insurance (fictional) 1.

Generated from mappings/carriers/cedar/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 74427be9f53023b158e375844c8a8157e15cc58a7e37c22e5b0ffe27868a5d08
