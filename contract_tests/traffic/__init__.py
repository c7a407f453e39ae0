"""Simulated traffic over channels that fail: the product's routing beside what others would do, under equal luck."""
