/** What forces must know of the place: people, power, keys, ways in, water, dangers, the plan; and what is missing. */
import type { ReactNode } from "react";

import type { Fire } from "../../live/events";
import { useWords } from "../../words/words";
import { kilometres, measured } from "./figures";
import { useScene, type Scene } from "./incident";

export function SceneFacts({ fire }: { fire: Fire }) {
  const { t, name } = useWords();
  const scene = useScene(fire.id).data;
  if (scene === undefined) return null;
  return (
    <section aria-labelledby="scene-title">
      <h2 id="scene-title">{t("desk.scene.title")}</h2>
      <dl className="facts">
        <Fact label={t("desk.scene.inside")}>
          <Inside scene={scene} />
        </Fact>
        <Fact label={t("desk.scene.power")}>{scene.access.power_cut_off}</Fact>
        <Fact label={t("desk.scene.keys")}>{scene.access.keys}</Fact>
        <Fact label={t("desk.scene.access")}>
          <Access scene={scene} />
        </Fact>
        <Fact label={t("desk.scene.hazards")}>
          <Hazards scene={scene} />
        </Fact>
        <Fact label={t("desk.scene.water")}>
          <Water scene={scene} />
        </Fact>
        <Fact label={t("desk.scene.systems")}>
          {scene.systems
            .map(({ name: called, state }) =>
              state === null ? called : `${called}: ${name("system_state", state)}`,
            )
            .join(", ")}
        </Fact>
        <Fact label={t("desk.scene.plans")}>
          <Plans scene={scene} />
        </Fact>
      </dl>
      <Spots scene={scene} />
    </section>
  );
}

/** A fact that nobody entered says so: an empty place would look like "none". */
function Fact({ label, children }: { label: string; children: ReactNode }) {
  const { t } = useWords();
  const unknown = children === "" || children === null;
  return (
    <div>
      <dt>{label}</dt>
      <dd className={unknown ? "quiet" : ""}>{unknown ? t("desk.scene.unknown") : children}</dd>
    </div>
  );
}

function Hazards({ scene: { hazards } }: { scene: Scene }) {
  const { t } = useWords();
  const { hazard_class: level, fire_resistance: resistance } = hazards;
  const said = [
    hazards.hazards,
    level === null ? "" : t("desk.scene.hazard_class", { level }),
    resistance === "" ? "" : t("desk.scene.resistance", { level: resistance }),
  ].filter((each) => each !== "");
  return <>{said.length === 0 ? t("desk.scene.unknown") : said.join("; ")}</>;
}

function Inside({ scene: { inside } }: { scene: Scene }) {
  const { t } = useWords();
  const number = (count: number | null) => count ?? "?";
  return (
    <>
      <b className="large">{number(inside.now)}</b>{" "}
      {t("desk.scene.by_hour", { day: number(inside.by_day), night: number(inside.by_night) })}
    </>
  );
}

function Access({ scene: { access } }: { scene: Scene }) {
  const { t, language } = useWords();
  const metres = (value: number | null) => (value === null ? "?" : measured(value, "m", language));
  return (
    <>
      {t("desk.scene.way", narrowest(access, metres))}
      {access.roads.map((each) => (
        <span key={each.name} className="line">
          {each.name}: {metres(each.width_m)} × {metres(each.height_m)} {each.note}
        </span>
      ))}
      {access.parking === "" ? null : <span className="line">{access.parking}</span>}
    </>
  );
}

/** The narrowest and the lowest of all ways in: the figures of the premises count as one more way. */
function narrowest(access: Scene["access"], metres: (value: number | null) => string) {
  const least = (values: (number | null)[]) => {
    const known = values.filter((each) => each !== null);
    return metres(known.length === 0 ? null : Math.min(...known));
  };
  return {
    width: least([access.width_m, ...access.roads.map((each) => each.width_m)]),
    height: least([access.height_m, ...access.roads.map((each) => each.height_m)]),
  };
}

function Water({ scene }: { scene: Scene }) {
  const { t, name, language } = useWords();
  if (scene.water.length === 0) return <>{t("desk.scene.no_water")}</>;
  return (
    <ul className="plain">
      {scene.water.map((each) => (
        <li key={each.id}>
          {name("water", each.kind)} {each.name}
          {each.distance_m === null ? "" : `, ${kilometres(each.distance_m, language)}`}
          {each.volume_m3 === null ? "" : `, ${measured(each.volume_m3, "m³", language)}`}
          {each.flow_ls === null ? "" : `, ${measured(each.flow_ls, "l/s", language)}`}
          {each.usable ? "" : ` (${t("desk.scene.unusable")})`}
        </li>
      ))}
    </ul>
  );
}

function Plans({ scene }: { scene: Scene }) {
  const { t } = useWords();
  if (scene.plans.length === 0) return <>{t("desk.scene.no_plan")}</>;
  return (
    <ul className="plain">
      {scene.plans.map((each) => (
        <li key={`${each.kind} ${each.name}`}>
          {each.file === null ? (
            each.name
          ) : (
            <a href={fileOf(scene, each.file)} target="_blank" rel="noreferrer">
              {each.name}
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The center shows a file of premises to whoever may see these: the address names both. */
const fileOf = (scene: Scene, hash: string): string =>
  `/api/v1/files/${hash}?premises=${encodeURIComponent(scene.premises.id)}`;

/** The four on the spot: the share that is known, and the names of what is missing. */
function Spots({ scene }: { scene: Scene }) {
  const { t, name } = useWords();
  return (
    <details className="spots">
      <summary>
        {t("desk.spots.title")}:{" "}
        <span className="quiet">
          {scene.four_on_the_spot
            .map((each) => `${name("spot_part", each.part)} ${each.percent} %`)
            .join(", ")}
        </span>
      </summary>
      <ul className="plain">
        {scene.four_on_the_spot.map((each) => (
          <li key={each.part}>
            <strong>{name("spot_part", each.part)}</strong> {each.percent} %
            {each.missing.length === 0
              ? null
              : `: ${t("desk.spots.missing")} ${each.missing.map((one) => name("spot_gap", one)).join(", ")}`}
          </li>
        ))}
      </ul>
    </details>
  );
}
