"""ONNX models: looked at, matched to a table, and run where they can do no harm."""
