"""What the registry holds, as frozen values: places, contacts, rosters, policies, templates."""
