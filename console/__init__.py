"""The duty desk: between browsers and the HTTP of the center, so that no screen slows an alarm."""
