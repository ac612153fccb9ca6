"""The pages: each reads what is chosen, asks core, and draws."""
