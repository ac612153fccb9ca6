"""Texts beside findings, one file per language."""
