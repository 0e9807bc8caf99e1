/** The health board: by commune, what is heard and what is not; and whether the center itself reaches people. */
import { useMemo } from "react";

import { useAreas, useGateways, useLedger, usePremises, useReadingsLedger } from "../../data/center";
import { useMay } from "../../data/may";
import { useLive } from "../../live/live";
import { Freshness } from "../../parts/Freshness";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { communesOf } from "./board";
import { CommuneTable } from "./CommuneTable";
import { Deadlines } from "./Deadlines";
import { FailingDestinations } from "./FailingDestinations";
import { LostOfSent } from "./LostOfSent";
import { TrialAlarms } from "./TrialAlarms";
import "./health.css";

export default function HealthPage() {
  const { t } = useWords();
  const mayGateways = useMay("gateways:read");
  const mayDuties = useMay("duties:read");
  return (
    <section aria-labelledby="health-title" className="health">
      <h1 id="health-title">{t("desk.pages.health")}</h1>
      {mayGateways ? <TrialAlarms /> : null}
      {mayGateways ? <Devices /> : <p>{t("desk.health.not_yours")}</p>}
      <FailingDestinations />
      {mayDuties ? <Deadlines /> : null}
    </section>
  );
}

function Devices() {
  const { t } = useWords();
  const gateways = useGateways({ enabled: true });
  const mayLedger = useMay("ledger:read");
  const ledger = useLedger({ enabled: mayLedger });
  const readings = useReadingsLedger({ enabled: mayLedger });
  const mayRegistry = useMay("registry:read");
  const premises = usePremises({ enabled: mayRegistry });
  const areas = useAreas({ enabled: mayRegistry });
  const open = useLive((live) => live.open);
  const communes = useMemo(
    () =>
      communesOf({
        gateways: gateways.data?.gateways ?? [],
        premises: premises.data ?? [],
        areaNames: new Map((areas.data?.areas ?? []).map((each) => [each.id, each.name])),
        ledger: ledger.data,
        readings: readings.data,
        open: open.values(),
      }),
    [gateways.data, premises.data, areas.data, ledger.data, readings.data, open],
  );
  return (
    <>
      <Freshness at={gateways.dataUpdatedAt} />
      <Refusal
        error={gateways.error ?? ledger.error ?? readings.error ?? premises.error ?? areas.error}
      />
      {mayLedger ? (
        <div className="ledgers">
          <LostOfSent lane="signals" ledger={ledger.data} at={ledger.dataUpdatedAt} />
          <LostOfSent lane="readings" ledger={readings.data} at={readings.dataUpdatedAt} />
        </div>
      ) : null}
      <h2 id="communes-title">{t("desk.health.communes")}</h2>
      {gateways.data === undefined ? null : <CommuneTable communes={communes} />}
    </>
  );
}
