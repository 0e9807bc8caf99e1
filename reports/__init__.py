"""Figures of a period: incidents, false alarms, response times, availability, the daily sheet."""
