/** The communes, the worst first; each opens to its gateways. */
import { Fragment, useState } from "react";
import { Button } from "react-aria-components";

import { useWords } from "../../words/words";
import { CLOCK_OFF, type CommuneHealth, type Lost } from "./board";
import { GatewayTable } from "./GatewayTable";
import { Points } from "./Points";
import { StandingMark } from "./Standing";

export function CommuneTable({ communes }: { communes: readonly CommuneHealth[] }) {
  const { t } = useWords();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string) => setOpened((before) => toggled(before, key));
  if (communes.length === 0) return <p>{t("desk.health.none")}</p>;
  return (
    <table className="communes" aria-labelledby="communes-title">
      <thead>
        <tr>
          <th scope="col">{t("desk.health.commune")}</th>
          <th scope="col">{t("desk.health.standing")}</th>
          <th scope="col">{t("desk.health.gateways")}</th>
          <th scope="col">{t("desk.health.points")}</th>
          <th scope="col">{t("desk.health.ways")}</th>
          <th scope="col">{t("desk.health.clock")}</th>
          <th scope="col">{t("desk.health.waits")}</th>
          <th scope="col">{t("desk.health.lost")}</th>
        </tr>
      </thead>
      <tbody>
        {communes.map((each) => {
          const key = each.area ?? "";
          const open = opened.has(key);
          return (
            <Fragment key={key}>
              <CommuneRow commune={each} open={open} onToggle={() => toggle(key)} />
              {open ? (
                <tr className="within">
                  <td colSpan={8}>
                    <GatewayTable gateways={each.gateways} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

function toggled(before: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(before);
  if (!next.delete(key)) next.add(key);
  return next;
}

interface RowProps {
  commune: CommuneHealth;
  open: boolean;
  onToggle: () => void;
}

function CommuneRow({ commune, open, onToggle }: RowProps) {
  const { t } = useWords();
  const { clockOff } = commune;
  return (
    <tr className={`commune commune-${commune.standing}`}>
      <th scope="row">
        <Button className="opens" aria-expanded={open} onPress={onToggle}>
          <span aria-hidden="true">{open ? "▾" : "▸"}</span> {commune.name ?? t("desk.health.no_area")}
        </Button>
      </th>
      <td>
        <StandingMark standing={commune.standing} />
      </td>
      <td data-label={t("desk.health.gateways")}>
        {t("desk.health.heard_of", { heard: commune.heard, all: commune.gateways.length })}
      </td>
      <td data-label={t("desk.health.points")}>
        <Points counts={commune.points} />
      </td>
      <td data-label={t("desk.health.ways")}>
        {t("desk.health.ways_lost", { lines: commune.linesDown, paths: commune.pathsLost })}
      </td>
      <td data-label={t("desk.health.clock")}>
        {clockOff === null ? t("desk.health.unknown") : <Clock seconds={clockOff} />}
      </td>
      <td data-label={t("desk.health.waits")}>{commune.waiting}</td>
      <td data-label={t("desk.health.lost")}>
        <BothLost {...commune} />
      </td>
    </tr>
  );
}

/** The lost signals and readings: what is lost is underlined. */
export function BothLost({ sent, missing, readings }: Lost & { readings: Lost }) {
  const { t } = useWords();
  return (
    <>
      <span className={missing > 0 ? "bad" : undefined}>
        {t("desk.health.lost_of", { missing, sent })}
      </span>
      <br />
      <span className={readings.missing > 0 ? "bad" : undefined}>
        {t("desk.health.batches_lost_of", { ...readings })}
      </span>
    </>
  );
}

export function Clock({ seconds }: { seconds: number }) {
  const { t } = useWords();
  const text = t("desk.health.seconds", { seconds: seconds.toFixed(1) });
  return <span className={Math.abs(seconds) > CLOCK_OFF ? "bad" : undefined}>{text}</span>;
}
