"""What `insurehub test` does with the examples of a workspace: run them, or compute something from them."""
