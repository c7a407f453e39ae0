"""Examples for other tools, and other tools' files as draft examples."""
