/** How the devices of one's own premises are: one that is not heard never looks well. */
import { useGateways, type Gateway } from "../../data/center";
import { useMay } from "../../data/may";
import { useLive } from "../../live/live";
import { Freshness } from "../../parts/Freshness";
import { Refusal } from "../../parts/Refusal";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { communesOf, type GatewayHealth } from "../health/board";
import { Points } from "../health/Points";
import { StandingMark } from "../health/Standing";
import { gatewayName } from "../health/words";
import { troublesOf } from "./mine";

export function DevicesOfMine() {
  const { t } = useWords();
  const may = useMay("gateways:read");
  const gateways = useGateways({ enabled: may });
  return (
    <section aria-labelledby="devices-title">
      <h2 id="devices-title">{t("desk.phone.devices")}</h2>
      {may ? <Freshness at={gateways.dataUpdatedAt} /> : null}
      <Refusal error={gateways.error} />
      <ul className="devices">
        {useHealths(gateways.data?.gateways ?? []).map((each) => (
          <li key={`${each.gateway.premises}/${each.gateway.gateway}`}>
            <StandingMark standing={each.standing} /> <b>{each.gateway.name || each.premisesName}</b>
            <br />
            {t(gatewayName(each.gateway.state))}
            <Points counts={each.points} />
          </li>
        ))}
      </ul>
      <Troubles />
    </section>
  );
}

function useHealths(gateways: readonly Gateway[]): GatewayHealth[] {
  const open = useLive((live) => live.open);
  const known = {
    gateways,
    premises: [],
    areaNames: new Map<string, string>(),
    ledger: undefined,
    readings: undefined,
  };
  return communesOf({ ...known, open: open.values() }).flatMap((each) => each.gateways);
}

function Troubles() {
  const { t, name } = useWords();
  const open = useLive((live) => live.open);
  const troubles = troublesOf(open.values());
  if (troubles.length === 0) return <p>{t("desk.phone.no_trouble")}</p>;
  return (
    <ul className="troubles">
      {troubles.map((each) => (
        <li key={each.key}>
          <b>{name("reason", each.reason)}</b> {each.name}, {each.premises} <Since at={each.since} />
        </li>
      ))}
    </ul>
  );
}
