"""Policies to start from: the first line of each names it, comments say why a limit is so."""
