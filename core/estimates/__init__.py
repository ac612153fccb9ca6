"""A value and its doubt: intervals, verdicts, and how both are put into words."""
