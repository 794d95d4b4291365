"""One rule a file; `catalog.RULES` lists them."""
