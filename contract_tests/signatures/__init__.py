"""A second opinion on every signature: what it covers, and its value, by other means than the gateway's."""
