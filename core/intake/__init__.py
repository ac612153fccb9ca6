"""How files come in: looked at, read in a limited process, written as clean Parquet."""
