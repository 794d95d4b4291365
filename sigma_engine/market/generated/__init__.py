"""The demo's market: eight correlated perpetuals made from a seed, without a network and without files."""
