"""What is kept: an append-only log, and objects that never change."""
