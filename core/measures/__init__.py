"""What is counted: one question each, answered from roll-ups with estimates."""
