"""What clients are told of by themselves: rows written with what they tell of, and their delivery as webhooks."""
