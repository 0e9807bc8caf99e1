"""The verb ``gateway status``: what a running gateway hears, for a technician at its terminal."""

from typing import Annotated

import typer

from tocsin.failures import stop
from tocsin.gateway_site import Config, HeardPoint, SiteStatus, measured, site_gateway
from tocsin.options import AsJson
from tocsin.terminal import say, say_encoded

_WORST_FIRST = ("alarm", "prealarm", "fault", "tamper", "never_heard", "expected", "disabled", "test")


def status(
    config: Config = None,
    link: Annotated[
        bool, typer.Option("--link", help="Print a link to its page for a telephone, with the token.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a running gateway hears: paths, lines, and each point with when it was heard last.

    Points in alarm, in fault and never heard come first. --link prints the address of its page, which
    shows the same and guides a walk test; whoever has the link sees what the token shows. Other devices
    reach the page only where web.host is an address of the network.
    """
    gateway = site_gateway(config)
    if link:
        token = gateway.known_token()
        if token is None:
            stop("this user cannot read the gateway's token; run this as the gateway's user")
        say(f"{gateway.url}/#token={token}")
        return
    found, json = gateway.status()
    if as_json:
        say_encoded(json)
    else:
        say(*_lines(found))


def _lines(found: SiteStatus) -> list[str]:
    said = [f"{found.premises}/{found.gateway}: {'connected' if found.connected else 'NOT connected'}"]
    said += [
        f"path {each.name}: {each.state}{', in use' if each.selected else ''}" for each in found.paths
    ]
    said.append(f"alarms without a receipt: {found.alarm.get('depth', '?')}")
    said += [f"line {each.name}: {each.state}{_reasons(each.conditions)}" for each in found.lines]
    width = max((len(each.name) for each in found.points), default=0)
    said += [_point_line(each, found.at, width) for each in sorted(found.points, key=_order)]
    return said


def _order(point: HeardPoint) -> tuple[int, str]:
    known = point.state in _WORST_FIRST
    return (_WORST_FIRST.index(point.state) if known else len(_WORST_FIRST), point.name)


def _point_line(point: HeardPoint, at: int, width: int) -> str:
    heard = "never heard" if point.heard_at is None else f"heard {_ago(at - point.heard_at)} ago"
    return "  ".join(
        part
        for part in (
            f"{point.name:<{width}}  {point.state:<11}",
            heard,
            measured(point.values),
            _reasons(point.conditions).strip(),
        )
        if part
    )


def _reasons(conditions: list[dict[str, str]]) -> str:
    return f" ({', '.join(each['reason'] for each in conditions)})" if conditions else ""


def _ago(micros: int) -> str:
    s = max(0, round(micros / 1e6))
    if s < 120:
        return f"{s} s"
    return f"{s // 60} min" if s < 7_200 else f"{s // 3_600} h"
