"""磐石车险（虚构） 1.4.0.

Generated from mappings/carriers/granite/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: ecb8f443a337b4563893672cd5ac9a036fdd36296935e04390b32270c3c12658
