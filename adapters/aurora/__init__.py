"""Aurora P&C (fictional) 2025.11.

Generated from mappings/carriers/aurora/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 7dfb922f353d6d360011a7f349cc0c89549d3caa94dd79168a12aa55a49b1afa
