"""What the commands about routing work out."""
