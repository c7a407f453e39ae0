"""What `insurehub operations` shows, and how it reads what a person types."""
