"""莲花财险（虚构） 2.0.0.

Generated from mappings/carriers/lotus/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 74ae24c3ebb107bb2f4f6a82b434e82c85e94af031bfda6ce093291aa7fc617c
