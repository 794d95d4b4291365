"""Permission to trade: five layers of rules, one rule a file, every objection named."""
