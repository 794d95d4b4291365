"""Orders at a real exchange: whole readings of it are compared with the journal, and what to do follows."""
