/** The acts at a fire, each with its key, and what became of the last one: sent, stored, or refused. */
import { useId, useState } from "react";

import type { Fire } from "../../live/events";
import { whyNot, type Needed } from "../../data/may";
import { useLive } from "../../live/live";
import { Act } from "../../parts/Act";
import { useWords } from "../../words/words";
import { actsOf, isWithdrawn, takenBefore, type ActName, type OpenAct } from "./acts";
import type { Acting } from "./acting";
import { ActSheet } from "./ActSheet";
import { LABELS } from "./labels";
import { ActsHere } from "./SentActs";

/** Acts that are sent as they are: one key, and nothing more; what takes a fire from another one asks. */
const PLAIN = ["take", "accept", "decline", "withdraw", "seen"] as const;

const isPlain = (act: ActName): act is (typeof PLAIN)[number] =>
  (PLAIN as readonly ActName[]).includes(act);

export function ActBar({ fire, acting }: { fire: Fire; acting: Acting }) {
  const { t } = useWords();
  const who = useLive((live) => live.who);
  const [asking, setAsking] = useState<ActName | null>(null);
  const id = useId();
  const acts = actsOf(fire, who);
  const act = (name: ActName) => {
    const asks = name === "take" && takenBefore(fire, who) !== null;
    if (isPlain(name) && !asks) acting.order({ act: name });
    else setAsking(name);
  };
  return (
    <div className="acts">
      <div className="acts-row" role="group" aria-label={t("desk.act.all")}>
        {acts.map((each) => (
          <Act
            key={each.act}
            label={t(isWithdrawn(each.act, fire, who) ? "desk.act.take_back" : LABELS[each.act])}
            shortcut={each.key}
            tone={each.first ? "first" : "plain"}
            onAct={() => act(each.act)}
            {...(each.lacks === null ? {} : { whyId: reasonId(id, each.lacks) })}
          />
        ))}
      </div>
      <Lacking acts={acts} id={id} />
      <ActsHere incident={fire.id} />
      {asking === null ? null : (
        <ActSheet act={asking} fire={fire} acting={acting} onDone={() => setAsking(null)} />
      )}
    </div>
  );
}

const reasonId = (id: string, lacks: Needed): string => `${id} ${lacks}`.replaceAll(/[^\w-]/gu, "-");

/** Why acts are off: one line for all that take the same. */
function Lacking({ acts, id }: { acts: readonly OpenAct[]; id: string }) {
  const words = useWords();
  const who = useLive((live) => live.who);
  const lacking = [...new Set(acts.flatMap((each) => each.lacks ?? []))];
  if (lacking.length === 0) return null;
  return (
    <ul className="plain acts-off">
      {lacking.map((lacks) => (
        <li key={lacks}>
          <b>
            {acts
              .filter((each) => each.lacks === lacks)
              .map((each) => words.t(LABELS[each.act]))
              .join(", ")}
          </b>
          : <span id={reasonId(id, lacks)}>{whyNot(lacks, who, words)}</span>
        </li>
      ))}
    </ul>
  );
}
