"""Pure decisions: values in, values out, the time is an argument."""
