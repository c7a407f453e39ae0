"""From the intermediate form to source text, formatted and examined."""
