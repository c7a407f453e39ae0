"""How others choose, each by the behaviour its own documentation states, and how the product does."""
