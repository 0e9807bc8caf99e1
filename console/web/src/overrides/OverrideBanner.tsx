/** On every page: what takes protection away now, and for how long still. */
import { Link } from "wouter";

import { useCenterNow, useLive } from "../live/live";
import { duration } from "../time/written";
import { useWords } from "../words/words";
import { inForce, type Override } from "./overrides";
import "./banner.css";

/** Overrides that are named one by one; the rest is counted. */
const NAMED = 3;

export function OverrideBanner() {
  const { t, counted } = useWords();
  const open = useLive((live) => live.open);
  const now = useCenterNow();
  const running = inForce(open.values(), now);
  if (running.length === 0) return null;
  return (
    <aside className="override-banner" aria-label={t("desk.overrides.in_force")}>
      <Link href="/overrides">{t("desk.overrides.in_force")}</Link>
      <ul>
        {running.slice(0, NAMED).map((each) => (
          <li key={each.id}>
            <Running override={each} now={now} />
          </li>
        ))}
        {running.length > NAMED ? (
          <li>{counted("desk.overrides.more", running.length - NAMED)}</li>
        ) : null}
      </ul>
    </aside>
  );
}

function Running({ override, now }: { override: Override; now: number }) {
  const { name } = useWords();
  return (
    <>
      <b>{name("case", override.kind)}</b> {override.premises.name || override.premises.id}{" "}
      <span className="count-down">{duration((override.ends_at - now) / 1_000_000)}</span>
    </>
  );
}
