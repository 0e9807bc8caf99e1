"""The parts that every process needs, without any knowledge of fire."""
