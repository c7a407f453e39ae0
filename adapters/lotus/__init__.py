"""莲花财险（虚构） 2.0.0.

Generated from mappings/carriers/lotus/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: c7a38bf6cd1da450c1d8b60ac3f359ed59c539bde25a28159080efdbfcee8d2b
