"""Looking after a journal: its schema, its size, its retention, its keys; beside the gateways that write it."""
