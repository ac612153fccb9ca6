"""What is decided: policies and their gates, findings and their verdicts."""
