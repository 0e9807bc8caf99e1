"""The process in which the services of Apprise run, and the side of alerting that talks to it."""
