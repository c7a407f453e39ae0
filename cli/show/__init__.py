"""`insurehub show`: one operation of a carrier, canonical beside wire, row by row."""
