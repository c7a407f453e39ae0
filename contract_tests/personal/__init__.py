"""What looks like somebody's, and the made-up people who stand in for them."""
