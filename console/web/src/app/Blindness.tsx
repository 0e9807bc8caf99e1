/** Covers the screen when it is blind, and says what is impaired: a stale screen must not look calm. */
import { useEffect, useLayoutEffect, useRef } from "react";

import { useFires } from "../fires/fires";
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

/** Fires that a blind screen names; the others are counted. */
const NAMED = 5;

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

/** Lies over everything, sheets included; nothing below can be reached, and no key takes it away. */
function Cover({ faults, words }: Shown) {
  const cover = useRef<HTMLDialogElement>(null);
  const show = () => {
    if (cover.current?.open === false) cover.current.showModal();
  };
  useLayoutEffect(show, []);
  return (
    <dialog
      ref={cover}
      className="blind"
      role="alertdialog"
      aria-labelledby="blind-title"
      data-react-aria-top-layer="true"
      onCancel={(event) => event.preventDefault()}
      onClose={show}
    >
      <KeyBarrier layer={LAYERS.cover} />
      <h1 id="blind-title">{words.t("desk.sight.blind")}</h1>
      <FaultList faults={faults} words={words} />
      <p>{words.t("desk.sight.remedy")}</p>
      <a className="act" href="tel:114">
        {words.t("desk.sight.call")}
      </a>
      <ActsNotStored />
      <LastKnown words={words} />
    </dialog>
  );
}

/** The fires that were open when the screen last heard: they burn on while it is blind. */
function LastKnown({ words }: { words: Words }) {
  const fires = useFires();
  if (fires.length === 0) return null;
  return (
    <section className="blind-known" aria-labelledby="blind-known">
      <h2 id="blind-known">{words.counted("desk.sight.known", fires.length)}</h2>
      <ul>
        {fires.slice(0, NAMED).map((each) => (
          <li key={each.id}>
            <b>{each.premises.name}</b> {each.premises.address} · {words.name("phase", each.phase)}
          </li>
        ))}
        {fires.length > NAMED ? <li>{words.counted("desk.strip.more", fires.length - NAMED)}</li> : null}
      </ul>
    </section>
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
