/** One fire: what and where, who comes, what to press first, what to do, what one can say, whom to call. */
import { useWords } from "../../words/words";
import { Since } from "../../time/Since";
import type { Fire } from "../../live/events";
import { CallList, CallPolice } from "./CallList";
import { comingOf, placeOf, type Coming } from "./mine";
import { useSceneOf } from "./scene";
import { SayAboutFire, SeeFire } from "./SayAboutFire";
import { ToDo } from "./ToDo";
import { ToldAtMine } from "./ToldAtMine";

const COMING_TEXTS = {
  not_taken: "desk.phone.coming_not_taken",
  taken: "desk.phone.coming_taken",
  on_the_way: "desk.phone.coming_on_the_way",
  there: "desk.phone.coming_there",
  under_control: "desk.phone.coming_under_control",
} as const satisfies Record<Coming, string>;

export function FireCard({ fire }: { fire: Fire }) {
  const { t, name } = useWords();
  const title = `fire-${fire.id}`;
  return (
    <article className={fire.exercise ? "fire-card exercise" : "fire-card"} aria-labelledby={title}>
      <h2 id={title}>
        {fire.exercise ? <span className="tag">{t("desk.phone.exercise")}</span> : null}{" "}
        {fire.premises.name || fire.premises.id}
      </h2>
      <p>
        <b>{name("phase", fire.phase)}</b> <Since at={fire.opened_at} />
      </p>
      {fire.premises.address === "" ? null : <p>{fire.premises.address}</p>}
      <PointsInFire fire={fire} />
      <p className="coming">
        <b>{t("desk.phone.who_comes")}</b> {t(COMING_TEXTS[comingOf(fire)])}
      </p>
      <ForcesComing fire={fire} />
      <SeeFire fire={fire} />
      <CallPolice />
      <ToDo fire={fire} />
      <SayAboutFire fire={fire} />
      <CallList fire={fire} />
      <ToldAtMine fire={fire} />
    </article>
  );
}

function PointsInFire({ fire }: { fire: Fire }) {
  const { t, counted } = useWords();
  const burning = useSceneOf(fire).data?.burning;
  const points = fire.points;
  const more = fire.more_points;
  if (points.length === 0) return null;
  return (
    <>
      <h3>{t("desk.phone.where")}</h3>
      <ul>
        {points.map((each) => (
          <li key={`${each.gateway}/${each.name}`}>
            {placeOf(each, burning)}
            {each.restored_at === null ? null : ` (${t("desk.phone.restored")})`}
          </li>
        ))}
        {more > 0 ? <li>{counted("desk.phone.more_points", more)}</li> : null}
      </ul>
    </>
  );
}

/** The units and vehicles that were sent, by name. */
function ForcesComing({ fire }: { fire: Fire }) {
  const { t } = useWords();
  if (fire.forces.length === 0) return null;
  return (
    <ul>
      {fire.forces.map((each) => (
        <li key={`${each.kind}/${each.id}`}>
          <b>{each.name}</b>:{" "}
          {t(each.on_scene_at === null ? COMING_TEXTS.on_the_way : COMING_TEXTS.there)}{" "}
          <Since at={each.on_scene_at ?? each.sent_at} />
        </li>
      ))}
    </ul>
  );
}
