"""Benchmark carrier (fictional) 1.0.0.

Generated from mappings/carriers/benchmark/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: ddba7e9c0c95ae5b8a17fc851bfd3e9c82c664c5cc2e7b857987b95db2cebead
