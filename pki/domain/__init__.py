"""The rules of keys and certificates: pure, without a clock or files."""
