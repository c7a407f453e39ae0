"""海港财险（虚构） 2.4.

Generated from mappings/carriers/harbor/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 3de29dd1d52a4272bb3eb87671cc51ea630d155262f744dc2de26350dc94f98d
