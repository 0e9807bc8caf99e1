"""The values of the registry, frozen: places, contacts, rosters, policies, rules, templates."""
