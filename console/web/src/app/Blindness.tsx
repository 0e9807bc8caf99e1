/** Covers the screen when it is blind, and says what is impaired: a stale screen must not look calm. */
import { useEffect } from "react";

import { isBlind, type Fault } from "../live/sight";
import { useSightFaults } from "../live/live";
import { soundBlind } from "../live/sound";
import { ActsNotStored } from "../pages/incident/SentActs";
import { KeyBarrier, LAYERS } from "./keys";
import { Since } from "../time/Since";
import { useWords, type Words } from "../words/words";

const TEXTS = {
  no_tick: "desk.sight.no_tick",
  feed_lost: "desk.sight.feed_lost",
  feed_late: "desk.sight.feed_late",
  gap: "desk.sight.gap",
  broker_lost: "desk.sight.broker_lost",
  ingest_lost: "desk.sight.ingest_lost",
  clock_off: "desk.sight.clock_off",
  clock_here: "desk.sight.clock_here",
} as const;

/** Milliseconds between the sounds of a blind screen. */
const SOUND_EACH = 10_000;

export function Blindness() {
  const faults = useSightFaults();
  const words = useWords();
  const blind = isBlind(faults);
  useEffect(() => {
    if (!blind) return;
    soundBlind();
    const timer = window.setInterval(soundBlind, SOUND_EACH);
    return () => window.clearInterval(timer);
  }, [blind]);
  if (faults.length === 0) return null;
  return blind ? <Cover faults={faults} words={words} /> : <Impaired faults={faults} words={words} />;
}

interface Shown {
  faults: readonly Fault[];
  words: Words;
}

function Cover({ faults, words }: Shown) {
  return (
    <div className="blind" role="alertdialog" aria-modal="true" aria-labelledby="blind-title">
      <KeyBarrier layer={LAYERS.cover} />
      <h1 id="blind-title">{words.t("desk.sight.blind")}</h1>
      <FaultList faults={faults} words={words} />
      <p>{words.t("desk.sight.remedy")}</p>
      <ActsNotStored />
    </div>
  );
}

function Impaired({ faults, words }: Shown) {
  return (
    <aside className="impaired" role="status">
      <FaultList faults={faults} words={words} />
    </aside>
  );
}

function FaultList({ faults, words }: Shown) {
  return (
    <ul>
      {faults.map((each) => (
        <li key={each.cause}>
          {words.t(TEXTS[each.cause])} <Since at={each.since} />
        </li>
      ))}
    </ul>
  );
}
