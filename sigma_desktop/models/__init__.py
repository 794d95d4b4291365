"""What the panels show, as plain values and Qt models; no widgets."""
