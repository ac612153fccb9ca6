"""What is served beside the pages: the door, headers, routes, the line to the shell."""
