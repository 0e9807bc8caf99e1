/** Says and sounds each new fire, on whatever page; the tone goes on until somebody takes the fire, or quiets it. */
import { useEffect, useMemo, useRef, useState } from "react";

import { KEYS } from "../app/keyTable";
import { useFires } from "../fires/fires";
import type { Fire } from "../live/events";
import { useLive } from "../live/live";
import { play } from "../live/sound";
import { Act } from "../parts/Act";
import { heardBy } from "../training/training";
import { useWords, type Words } from "../words/words";
import { newsOf, quietKey, toneOf, type News } from "./news";
import { ClearedWatch } from "./ClearedWatch";
import { TroubleWatch } from "./TroubleWatch";

/** Milliseconds between two tones of fires that wait. */
const AGAIN = { fire: 8_000, suspected: 20_000 } as const;

const SAID = {
  new: "desk.news.new",
  confirmed: "desk.news.confirmed",
  reopened: "desk.news.reopened",
} as const;

export function FireWatch() {
  const words = useWords();
  const account = useLive((live) => live.who?.account ?? "");
  const all = useFires();
  const fires = useMemo(() => heardBy(all, account), [all, account]);
  const [quieted, setQuieted] = useState<ReadonlySet<string>>(new Set());
  const tone = toneOf(fires, quieted);
  const said = useNews(fires, words);
  useEffect(() => {
    if (tone === null) return;
    play(tone);
    const timer = window.setInterval(() => play(tone), AGAIN[tone]);
    return () => window.clearInterval(timer);
    // A further fire sounds at once, too: said names it.
  }, [tone, said]);
  return (
    <>
      <p role="alert" className="unseen">
        {said}
      </p>
      <ClearedWatch fires={all} />
      <TroubleWatch silenced={tone !== null} />
      {tone === null ? null : (
        <Act
          label={words.t("desk.news.quiet")}
          shortcut={KEYS.quiet}
          onAct={() => setQuieted(new Set(fires.map(quietKey)))}
        />
      )}
    </>
  );
}

/** The last news in words; a screen reader says it. */
function useNews(fires: readonly Fire[], words: Words): string {
  const before = useRef<ReadonlyMap<string, Fire>>(new Map());
  const [news, setNews] = useState<readonly News[]>([]);
  useEffect(() => {
    const found = newsOf(before.current, fires);
    before.current = new Map(fires.map((each) => [each.id, each]));
    if (found.length > 0) setNews(found);
  }, [fires]);
  return useMemo(() => spoken(news, words), [news, words]);
}

/** One fire by its name, many by their number: nobody listens to a hundred names. */
function spoken(news: readonly News[], { t, counted }: Words): string {
  const [first] = news;
  if (first === undefined) return "";
  if (news.length > 1) return counted("desk.news.many", news.length);
  const { name, address } = first.fire.premises;
  return t(SAID[first.what], { name, address });
}
