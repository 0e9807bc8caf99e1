"""Fairness between gateways: the queue that serves them in turn, and the budget of each."""
