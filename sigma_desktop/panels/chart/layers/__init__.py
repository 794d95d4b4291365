"""What the plot area is painted from, bottom to top: one small painter a file."""
