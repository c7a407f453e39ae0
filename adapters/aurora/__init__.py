"""Aurora P&C (fictional) 2025.11.

Generated from mappings/carriers/aurora/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 850aa061ea657b7edfddf8d78492abe5ba9bb0c869f2d8750a6e0e48282c649b
