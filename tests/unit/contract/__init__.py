"""The wire's proof: what docs/protocol.md says, and nothing else, is what programs do."""
