"""Data in: candle files, the gate in front of every decision, and the feeds a session can live on."""
