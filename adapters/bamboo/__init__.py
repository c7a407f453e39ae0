"""青竹人寿（虚构） 3.1.

Generated from mappings/carriers/bamboo/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 330a57cf29b0819ad3fed5d6fed215b693815a04270df01c6e4a128fa0eef9d3
