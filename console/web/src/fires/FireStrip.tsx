/** The most urgent fires on every page that is not the queue: no page lets a fire out of sight. */
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { useKey } from "../app/keys";
import { KEYS } from "../app/keyTable";
import { ExerciseMark } from "../training/ExerciseMark";
import { useWords } from "../words/words";
import { FireClock } from "./FireClock";
import { inHeldOrder } from "./order";
import { incidentPath, useOwnFires } from "./fires";
import "./fires.css";

/** Fires that the strip names; the others are counted. */
const NAMED = 4;

/** Pages that show all fires themselves. */
const LISTED: readonly string[] = ["/", "/mine"];

export function FireStrip() {
  const { t, counted } = useWords();
  const [here, go] = useLocation();
  const own = useOwnFires();
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const fires = held === null ? own : inHeldOrder(own, held);
  const at = fires.findIndex((each) => incidentPath(each.id) === here);
  const step = (by: number) => {
    const next = fires.at((at + by + fires.length) % fires.length);
    if (next !== undefined) go(incidentPath(next.id));
  };
  useKey(fires.length > 0 ? KEYS.nextFire : undefined, t("desk.strip.next"), () => step(1));
  useKey(fires.length > 0 ? KEYS.previousFire : undefined, t("desk.strip.before"), () =>
    step(at < 0 ? 0 : -1),
  );
  if (LISTED.includes(here) || fires.length === 0) return null;
  return (
    <nav
      className="strip"
      aria-label={t("desk.strip.name")}
      onPointerEnter={() => setHeld(own.map((each) => each.id))}
      onPointerLeave={() => setHeld(null)}
    >
      <Link href="/" className="strip-count">
        {counted("desk.queue.fires", fires.length)} <kbd aria-hidden="true">{KEYS.queue}</kbd>
      </Link>
      {fires.slice(0, NAMED).map((fire) => (
        <Link
          key={fire.id}
          href={incidentPath(fire.id)}
          className={`strip-fire strip-${fire.phase}`}
          {...(incidentPath(fire.id) === here ? { "aria-current": "page" as const } : {})}
        >
          <ExerciseMark fire={fire} /> <strong>{fire.premises.name}</strong> <FireClock fire={fire} />
        </Link>
      ))}
      {fires.length > NAMED ? (
        <Link href="/">{counted("desk.strip.more", fires.length - NAMED)}</Link>
      ) : null}
    </nav>
  );
}
