"""The machinery for testing a carrier, which ships with the product, and every test of the project."""
