"""Aurora P&C (fictional) 2025.11.

Generated from mappings/carriers/aurora/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 299c391c3da28a00249529bb99446d674d4c00411b51fb33697ae2b66ba8380c
