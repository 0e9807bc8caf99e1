"""The verb ``pki``: the authority of a center, and the keys and certificates of its machines."""

from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "init": Verb("tocsin.pki.init:init", "Make the authority: an offline root and an issuing key."),
    "invite": Verb("tocsin.pki.invite:invite", "Print a one-time code for a gateway to enroll with."),
    "issue": Verb("tocsin.pki.issue:app", "Issue the certificate of a server, user or gateway."),
    "renew": Verb("tocsin.pki.renew:app", "Renew the issuing key's certificate, or a gateway's."),
    "revoke": Verb("tocsin.pki.revoke:app", "Revoke the keys of a gateway, or a server's certificate."),
    "list": Verb("tocsin.pki.listing:list_certificates", "List keys and certificates, and days left."),
}

app = lazy_group(
    VERBS,
    help="The authority of a center: keys and certificates of gateways and servers. In this order: init "
    "once, and take the root away; issue server for the broker; broker rules; invite for each gateway, "
    "which enrolls with the code (tocsin gateway enroll) and then renews its certificate by itself; "
    "revoke for a gateway that was stolen. All verbs take alerting's settings with --config.",
    no_args_is_help=True,
)
