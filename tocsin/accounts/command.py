"""The verb ``accounts``: who may sign in to a center, and with which roles."""

from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "init": Verb("tocsin.accounts.init:init", "Make the first administrator, or a code for it."),
    "add": Verb("tocsin.accounts.add:add", "Add a person; prints a code that sets the password."),
    "list": Verb("tocsin.accounts.listing:list_accounts", "List the accounts and their roles."),
    "show": Verb("tocsin.accounts.listing:show", "Show an account: roles, devices, sessions."),
    "grant": Verb("tocsin.accounts.roles:grant", "Give a role, in an area or premises."),
    "ungrant": Verb("tocsin.accounts.roles:ungrant", "Take a role, at once."),
    "contact": Verb("tocsin.accounts.contact:contact", "Set who of the registry the person is."),
    "disable": Verb("tocsin.accounts.disable:disable", "Disable an account; its sessions end at once."),
    "enable": Verb("tocsin.accounts.disable:enable", "Enable an account again."),
    "reset-password": Verb(
        "tocsin.accounts.reset_password:reset_password", "Print a code that sets a new password."
    ),
    "set-up": Verb("tocsin.accounts.set_up:set_up", "Set a password and a device, here or with a code."),
    "sessions": Verb("tocsin.accounts.sessions:sessions", "List who is signed in; end sessions."),
    "identity": Verb(
        "tocsin.accounts.identity:identity", "Link an account at a provider of OpenID Connect."
    ),
    "token": Verb("tocsin.accounts.token:app", "Make, list, rotate and revoke tokens of systems."),
}

app = lazy_group(
    VERBS,
    help="People who may sign in, their roles in areas and premises, and tokens of systems. In this "
    "order: init once; add for each person, with a role; grant for further ones; token add for each "
    "system. Whoever may read the center's database may do all this: the verbs work on it directly, "
    "also while alerting runs, which follows within a second. All take alerting's settings with "
    "--config, or a database with --database.",
    no_args_is_help=True,
)
