"""Countersign without a screen: evidence, statistics, decisions and documents."""
