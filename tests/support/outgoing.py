"""Settings that let messages go to receivers on this machine, as no center by itself does."""

from alerting.outgoing import OutgoingSettings

ON_THIS_MACHINE = OutgoingSettings(networks=("127.0.0.0/8", "::1/128"))
