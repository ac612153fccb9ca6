"""Trees of a file that is nothing but a tree node."""

import onnx

from core.models.forest import Forest, check_forest
from core.models.tree_heads import read_forest


def read(data: bytes, width: int, *, double: bool = False) -> Forest:
    """Give the forest of a file with one node, checked as on its way into the app."""
    (node,) = onnx.load_model_from_string(data).graph.node
    forest = read_forest(node, width, double=double)
    check_forest(forest)
    return forest
