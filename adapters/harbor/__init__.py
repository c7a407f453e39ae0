"""海港财险（虚构） 2.4.

Generated from mappings/carriers/harbor/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: ff8d0d1a64bc200bf3fb6e804c77b7ee7ebfc4e7b46b1d5d467c5c3db3883e3e
