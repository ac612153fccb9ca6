"""What is done: import, evaluate, count, hand out. It alone writes through the store."""
