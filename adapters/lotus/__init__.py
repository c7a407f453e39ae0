"""莲花财险（虚构） 2.0.0.

Generated from mappings/carriers/lotus/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: d1a35a7a4056c624906795b9d88c088de5a02dbf1f5b64312c10a5b4d620cc81
