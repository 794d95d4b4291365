"""Durable memory: the data folder, the database and its one writer; imported by assembly and the command line alone."""
