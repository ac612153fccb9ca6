"""The nouns of the product: frozen, named as a reader names them."""
