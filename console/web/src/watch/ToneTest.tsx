/** The tones are tested at the start of a shift: each is played, and the officer says which one it was. */
import { useEffect, useState } from "react";

import { KEYS } from "../app/keyTable";
import { useLive } from "../live/live";
import { letSound, play, TONES, useCanSound, type ToneName } from "../live/sound";
import { Act } from "../parts/Act";
import { Sheet } from "../parts/Sheet";
import { useWords } from "../words/words";
import { noteSoundTested, useSoundTestedAt } from "./soundTest";

const NAMES = {
  fire: "desk.tone.fire",
  suspected: "desk.tone.suspected",
  fault: "desk.tone.fault",
  supervisory: "desk.tone.supervisory",
  blind: "desk.tone.blind",
} as const satisfies Record<ToneName, string>;

const ALL = Object.keys(TONES) as ToneName[];

export default function ToneTest() {
  const { t } = useWords();
  const testedAt = useSoundTestedAt();
  const [open, setOpen] = useState(false);
  if (testedAt !== null) return <Muted />;
  return (
    <aside className="impaired tone-test" aria-label={t("desk.tone.title")}>
      {t("desk.tone.untested")}{" "}
      <Act label={t("desk.tone.begin")} shortcut={KEYS.toneTest} onAct={() => setOpen(true)} />
      {open ? <ToneSheet onDone={() => setOpen(false)} /> : null}
    </aside>
  );
}

/** A browser lets a page that was opened anew sound after a first key or click alone: until then it says so. */
function Muted() {
  const { t } = useWords();
  const can = useCanSound();
  useEffect(() => {
    if (can) return;
    window.addEventListener("keydown", letSound, true);
    window.addEventListener("pointerdown", letSound, true);
    return () => {
      window.removeEventListener("keydown", letSound, true);
      window.removeEventListener("pointerdown", letSound, true);
    };
  }, [can]);
  if (can) return null;
  return (
    <p role="alert" className="impaired muted">
      {t("desk.tone.muted")}
    </p>
  );
}

/** The tones in an order that nobody knows beforehand: one who hears nothing cannot guess five in a row. */
const inAnyOrder = (): ToneName[] =>
  ALL.map((tone) => [Math.random(), tone] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, tone]) => tone);

function ToneSheet({ onDone }: { onDone: () => void }) {
  const { t } = useWords();
  const account = useLive((live) => live.who?.account ?? "");
  const [left, setLeft] = useState(inAnyOrder);
  const [said, setSaid] = useState<"silent" | "wrong" | null>(null);
  const [tone] = left;
  const sound = () => {
    if (tone !== undefined) setSaid(play(tone) ? null : "silent");
  };
  const heard = (name: ToneName) => {
    if (name !== tone) {
      setSaid("wrong");
      setLeft(inAnyOrder());
    } else if (left.length > 1) {
      setSaid(null);
      setLeft(left.slice(1));
    } else {
      noteSoundTested(account);
      onDone();
    }
  };
  return (
    <Sheet title={t("desk.tone.title")} onDone={onDone}>
      <p>{t("desk.tone.how", { number: ALL.length - left.length + 1, count: ALL.length })}</p>
      <Act label={t("desk.tone.play")} shortcut={KEYS.play} tone="first" onAct={sound}>
        {t("desk.tone.play")}
      </Act>
      <div className="acts-row" role="group" aria-label={t("desk.tone.which")}>
        {ALL.map((name, index) => (
          <Act
            key={name}
            label={t(NAMES[name])}
            shortcut={String(index + 1)}
            onAct={() => heard(name)}
          />
        ))}
      </div>
      {said === null ? null : (
        <p role="alert">{t(said === "wrong" ? "desk.tone.wrong" : "desk.tone.silent")}</p>
      )}
    </Sheet>
  );
}
