"""How much may be risked: costs, Kelly, caps."""
