"""What is handed out: the model card, in every format, from one body of facts."""
