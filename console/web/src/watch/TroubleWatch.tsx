/** Says and sounds once what is no fire: new faults, supervisory signals, and a sight that is impaired. */
import { useEffect, useMemo, useRef, useState } from "react";

import { useLive, useSightFaults } from "../live/live";
import { isBlind } from "../live/sight";
import { play } from "../live/sound";
import { useWords, type Words } from "../words/words";
import { CalmTones } from "./calmTones";
import { newTroubles, toneOfTroubles, troublesOf, type Trouble } from "./troubles";

/** *silenced* while a fire sounds: the tone comes after it. */
export function TroubleWatch({ silenced }: { silenced: boolean }) {
  const words = useWords();
  const troubles = useNewTroubles();
  const impaired = useImpairedCount();
  const [tones] = useState(() => new CalmTones(play));
  const tone = toneOfTroubles(troubles);
  useEffect(() => tones.silence(silenced), [tones, silenced]);
  useEffect(() => {
    if (tone !== null) tones.ring(tone);
  }, [tones, troubles, tone]);
  useEffect(() => {
    if (impaired > 0) tones.ring("fault");
  }, [tones, impaired]);
  return (
    <p role="status" className="unseen">
      {spoken(troubles, words)}
    </p>
  );
}

/** The troubles that came last. */
function useNewTroubles(): readonly Trouble[] {
  const open = useLive((live) => live.open);
  const known = useLive((live) => live.resets > 0);
  const now = useMemo(() => troublesOf(open.values()), [open]);
  const before = useRef<ReadonlyMap<string, Trouble> | null>(null);
  const [found, setFound] = useState<readonly Trouble[]>([]);
  useEffect(() => {
    if (!known) return;
    const fresh = newTroubles(before.current, now);
    before.current = now;
    if (fresh.length > 0) setFound(fresh);
  }, [now, known]);
  return found;
}

/** How many faults the sight of this screen has; those that blind it sound by themselves. */
function useImpairedCount(): number {
  const faults = useSightFaults();
  return isBlind(faults) ? 0 : faults.length;
}

/** One by its name, many by their number. */
function spoken(troubles: readonly Trouble[], { t, counted, name }: Words): string {
  const [first] = troubles;
  if (first === undefined) return "";
  if (troubles.length > 1) return counted("desk.news.troubles", troubles.length);
  return t("desk.news.trouble", { kind: name("case", first.kind), name: first.premises.name });
}
