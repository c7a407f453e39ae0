"""潮汐货运险（虚构） 2.0.

Generated from mappings/carriers/tide/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: e9c8fdba53ce29332db734d504d2dc0aa2610a24879a0b0de9361314bd31768c
