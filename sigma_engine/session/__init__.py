"""The loop: one step of the market in, decisions, orders and facts out."""
