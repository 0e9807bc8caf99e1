/** Whom to call: the fire police before all others, then who commands on the spot, then the units. */
import type { Schemas } from "../../api/client";
import type { Fire } from "../../live/events";
import { useWords } from "../../words/words";
import { dialled } from "./mine";
import { useSceneOf } from "./scene";

/** The number of the fire police in all of Viet Nam (docs/glossary.md). */
const FIRE_POLICE = "114";

interface Callee {
  key: string;
  name: string;
  post: string;
  phone: string;
}

export function CallPolice() {
  const { t } = useWords();
  return (
    <a className="act act-first call-police" href={`tel:${FIRE_POLICE}`}>
      {t("desk.phone.call_police", { number: FIRE_POLICE })}
    </a>
  );
}

export function CallList({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const scene = useSceneOf(fire);
  const callees = scene.data === undefined ? [] : calleesOf(scene.data);
  if (callees.length === 0) return null;
  return (
    <>
      <h3>{t("desk.phone.call")}</h3>
      <ul className="calls">
        {callees.map(({ key, ...each }) => (
          <CallItem key={key} {...each} />
        ))}
      </ul>
    </>
  );
}

function calleesOf(scene: Pick<Schemas["IncidentScene"], "command" | "responsible">): Callee[] {
  const command = scene.command.map((each) => ({ ...each, key: `${each.post}/${each.name}` }));
  const units = scene.responsible.flatMap((unit) =>
    [...unit.on_duty, ...unit.contacts].map((each) => ({
      key: `${unit.id}/${each.contact}`,
      name: each.name,
      post: unit.name,
      phone: each.phone,
    })),
  );
  const all = [...command, ...units];
  // A masked number cannot be called: at night a name without one is in the way.
  const callable = all.filter((each) => dialled(each.phone) !== null);
  return callable.filter(
    (each, index) => callable.findIndex((other) => other.key === each.key) === index,
  );
}

function CallItem({ name, post, phone }: Omit<Callee, "key">) {
  const words = useWords();
  const shown = `${name} · ${words.name("post", post)}`;
  return (
    <li>
      <a className="act" href={`tel:${dialled(phone) ?? ""}`}>
        {shown} {phone}
      </a>
    </li>
  );
}
