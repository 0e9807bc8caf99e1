/** The zones and points of premises to choose from: first what hangs nowhere yet. */
import { useState } from "react";

import { useWords } from "../../../words/words";
import type { Placed, Thing } from "./placing";

interface ListProps {
  things: readonly Thing[];
  placed: readonly Placed[];
  floor: string;
  floors: ReadonlyMap<string, string>;
  chosen: string;
  onChoose: (key: string) => void;
}

/** Things from which on a list is long enough to look for one in it. */
const LONG = 15;

const plain = (text: string) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/gu, "d").toLowerCase();

export function ThingList({ things, placed, floor, floors, chosen, onChoose }: ListProps) {
  const { t, counted } = useWords();
  const [sought, setSought] = useState("");
  const floorOf = new Map(placed.map((each) => [each.thing, each.floor]));
  const shown = things.filter((each) => plain(`${each.name} ${each.id}`).includes(plain(sought)));
  const waiting = shown.filter((each) => !floorOf.has(each.key));
  const here = shown.filter((each) => floorOf.get(each.key) === floor);
  const elsewhere = shown.filter((each) => floorOf.has(each.key) && floorOf.get(each.key) !== floor);
  const group = { chosen, onChoose };
  return (
    <div className="plan-list">
      {things.length < LONG ? null : (
        <label>
          {t("desk.registry.plan_find")}
          <input type="search" value={sought} onChange={(event) => setSought(event.target.value)} />
        </label>
      )}
      <Group {...group} title={counted("desk.registry.plan_waiting", waiting.length)} things={waiting} />
      <Group {...group} title={counted("desk.registry.plan_here", here.length)} things={here} />
      <Group
        {...group}
        title={counted("desk.registry.plan_elsewhere", elsewhere.length)}
        things={elsewhere}
        note={(each) => floors.get(floorOf.get(each.key) ?? "") ?? ""}
      />
    </div>
  );
}

interface GroupProps {
  title: string;
  things: readonly Thing[];
  chosen: string;
  onChoose: (key: string) => void;
  note?: (thing: Thing) => string;
}

function Group({ title, things, chosen, onChoose, note = () => "" }: GroupProps) {
  const { t } = useWords();
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {things.map((each) => (
          <li key={each.key}>
            <button
              type="button"
              className={`plan-thing plan-thing-${each.kind}`}
              aria-pressed={each.key === chosen}
              onClick={() => onChoose(each.key === chosen ? "" : each.key)}
            >
              {each.kind === "zone" ? `${t("desk.registry.plan_zone")}: ` : ""}
              {each.name} <code>{each.id}</code> <span className="quiet">{note(each)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
