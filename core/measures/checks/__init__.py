"""What is wrong with a table: each file looks at one kind of fault."""
