/** The gateways of a commune: how each is heard, what it said of itself, and what the center found. */
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import type { GatewayHealth } from "./board";
import { BothLost, Clock } from "./CommuneTable";
import { Points } from "./Points";
import { StandingMark } from "./Standing";
import { gatewayName } from "./words";

export function GatewayTable({ gateways }: { gateways: readonly GatewayHealth[] }) {
  return (
    <ul className="gateways">
      {gateways.map((each) => (
        <li key={`${each.gateway.premises}/${each.gateway.gateway}`}>
          <GatewayItem health={each} />
        </li>
      ))}
    </ul>
  );
}

function GatewayItem({ health }: { health: GatewayHealth }) {
  const { t, name } = useWords();
  const { gateway } = health;
  return (
    <>
      <p className="gateway-name">
        <StandingMark standing={health.standing} /> <b>{health.premisesName}</b>{" "}
        {gateway.name || gateway.gateway}
      </p>
      <p>
        {t(gatewayName(gateway.state))}
        {gateway.heard_at === null ? null : (
          <>
            {" · "}
            {t("desk.health.last_heard")} <Since at={gateway.heard_at} />
          </>
        )}
      </p>
      <Points counts={health.points} />
      <ul className="findings">
        {gateway.conditions.map((each) => (
          <li key={each.reason}>
            {name("reason", each.reason)} {each.since === null ? null : <Since at={each.since} />}
          </li>
        ))}
        {health.linesDown.map((each) => (
          <li key={each}>{t("desk.health.line_down", { name: each })}</li>
        ))}
        {health.pathsLost.map((each) => (
          <li key={each}>{t("desk.health.path_lost", { name: each })}</li>
        ))}
      </ul>
      <Figures health={health} />
    </>
  );
}

function Figures({ health }: { health: GatewayHealth }) {
  const { t } = useWords();
  const { alarm, telemetry, clock_offset_s: offset } = health.gateway;
  return (
    <p className="quiet">
      {t("desk.health.clock")}: {offset === null ? t("desk.health.unknown") : <Clock seconds={offset} />}
      {" · "}
      {t("desk.health.waits_both", { signals: alarm?.depth ?? "?", readings: telemetry?.depth ?? "?" })}
      {" · "}
      <BothLost {...health} />
    </p>
  );
}
