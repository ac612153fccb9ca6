"""What is drawn: a few marks, one specification, two back ends."""
