"""Where untrusted files are opened: child processes with limits and nothing to steal."""
