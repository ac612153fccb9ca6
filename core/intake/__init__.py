"""How files come in: opened by a limited child, checked, written as our own Parquet."""
