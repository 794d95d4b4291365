"""The nouns of trading: frozen, checked at birth, free of any input or output."""
