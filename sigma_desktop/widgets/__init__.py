"""Small widgets that know nothing of trading."""
