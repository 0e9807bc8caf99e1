"""The effect of a fire on the air of a building, by formulas that fire engineers use."""
