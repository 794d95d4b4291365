"""The commands of `sigma-engine`, a file each; `sigma_engine.cli` is their door."""
