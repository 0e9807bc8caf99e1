"""What a fire does to the air of a building, by formulas that fire engineers use."""
