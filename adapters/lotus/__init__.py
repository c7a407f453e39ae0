"""莲花财险（虚构） 2.0.0.

Generated from mappings/carriers/lotus/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: b4285649847fc392ab6dc16770744720412fd166ce11063dcf8c8f2ebfb60bf0
