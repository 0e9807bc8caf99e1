/** The acts at a fire, each with its key, and what became of the last one: sent, stored, or refused. */
import { useState } from "react";

import type { Fire } from "../../live/events";
import { useLive } from "../../live/live";
import { Act } from "../../parts/Act";
import { useWords } from "../../words/words";
import { actsOf, skippedBy, type ActName, type StepName } from "./acts";
import type { Acting } from "./acting";
import { ActSheet } from "./ActSheet";
import { LABELS } from "./labels";
import { ActsHere } from "./SentActs";

/** Acts that are sent as they are: one key, and nothing more. */
const PLAIN = ["take", "accept", "decline", "approve", "seen"] as const;

const isPlain = (act: ActName): act is (typeof PLAIN)[number] =>
  (PLAIN as readonly ActName[]).includes(act);

/** A step at the scene asks for nothing but a reason, where steps before it are left out. */
const isDirect = (act: ActName, fire: Fire): act is StepName =>
  (act === "on_scene" || act === "under_control") && skippedBy(act, fire).length === 0;

export function ActBar({ fire, acting }: { fire: Fire; acting: Acting }) {
  const { t } = useWords();
  const who = useLive((live) => live.who);
  const [asking, setAsking] = useState<ActName | null>(null);
  const act = (name: ActName) => {
    if (isPlain(name) || isDirect(name, fire)) acting.order({ act: name });
    else setAsking(name);
  };
  return (
    <div className="acts">
      <div className="acts-row" role="group" aria-label={t("desk.act.all")}>
        {actsOf(fire, who).map((each) => (
          <Act
            key={each.act}
            label={t(LABELS[each.act])}
            shortcut={each.key}
            tone={each.first ? "first" : "plain"}
            onAct={() => act(each.act)}
          />
        ))}
      </div>
      <ActsHere incident={fire.id} />
      {asking === null ? null : (
        <ActSheet act={asking} fire={fire} acting={acting} onDone={() => setAsking(null)} />
      )}
    </div>
  );
}
