"""Parts of the score: faulty sensors, intervals, scales, and tables."""
