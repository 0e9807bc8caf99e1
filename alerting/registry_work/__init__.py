"""Work on the whole registry, such as the check of a draft, in a process apart from alarms."""
