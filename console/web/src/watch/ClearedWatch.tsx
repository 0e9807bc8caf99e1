/** Says each suspicion that closed itself, on whatever page, and has lists of what is closed asked for anew. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { CLOSED_KEY, useCleared } from "../fires/cleared";
import type { Fire } from "../live/events";
import { useWords } from "../words/words";

export function ClearedWatch({ fires }: { fires: readonly Fire[] }) {
  const { t, name } = useWords();
  useAskAgain(fires);
  const news = useNewlyCleared(useCleared());
  const said = news.map((each) =>
    t("desk.news.cleared", { name: each.premises.name, reason: name("decision", each.reason) }),
  );
  return (
    <p role="status" className="unseen">
      {said.join(" ")}
    </p>
  );
}

/** A fire that is no longer open is closed, or out of sight: the center says which. */
function useAskAgain(fires: readonly Fire[]): void {
  const client = useQueryClient();
  const before = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const now = new Set(fires.map((each) => each.id));
    const isGone = [...before.current].some((id) => !now.has(id));
    before.current = now;
    if (isGone) void client.invalidateQueries({ queryKey: CLOSED_KEY });
  }, [client, fires]);
}

/** Those that closed themselves since the page is open; what was closed before it is no news. */
function useNewlyCleared(cleared: readonly Fire[] | undefined): readonly Fire[] {
  const known = useRef<ReadonlySet<string> | null>(null);
  const [news, setNews] = useState<readonly Fire[]>([]);
  useEffect(() => {
    if (cleared === undefined) return;
    const before = known.current;
    known.current = new Set([...(before ?? []), ...cleared.map((each) => each.id)]);
    const found = cleared.filter((each) => before !== null && !before.has(each.id));
    if (found.length > 0) setNews(found);
  }, [cleared]);
  return news;
}
