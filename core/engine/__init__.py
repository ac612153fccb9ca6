"""Where rows are counted: DuckDB by default, asked in a portable subset of SQL."""
