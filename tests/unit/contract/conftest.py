"""Property tests may take their time: the machine is shared, and its pace is no property of the wire."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
