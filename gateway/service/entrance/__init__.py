"""The entrance: one key, one operation, one answer; alone or as a batch of several."""
