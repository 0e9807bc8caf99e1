/** What became of acts: sent is not stored; one that is not stored stays here until somebody has read it. */
import { useMutationState, useQueryClient, type Mutation } from "@tanstack/react-query";
import { useMemo } from "react";

import { KEYS } from "../../app/keyTable";
import { Refused } from "../../api/client";
import type { Incident } from "../../live/events";
import { Act } from "../../parts/Act";
import { RefusedText } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { ACTS, useSending, type SentOrder } from "./acting";
import { LABELS } from "./labels";
import { actsSent, isOpen, toShow, type SentAct } from "./sent";
import "./sent.css";

type Held = Mutation<Incident, Error, SentOrder>;

function useSentActs(): SentAct[] {
  const states = useMutationState({
    filters: { mutationKey: ACTS },
    select: (mutation) => (mutation as unknown as Held).state,
  });
  return useMemo(() => toShow(actsSent(states)), [states]);
}

/** The acts at one incident, on its page. */
export function ActsHere({ incident }: { incident: string }) {
  const acts = useSentActs().filter((each) => each.incident === incident);
  return <ActList acts={acts} shortcuts />;
}

/** The acts at other incidents that the center is not known to have, on every page. */
export function ActsElsewhere({ incident }: { incident: string | null }) {
  const acts = useSentActs().filter((each) => each.incident !== incident && isOpen(each));
  return <ActList acts={acts} named />;
}

/** All acts that the center is not known to have, where nothing can be pressed. */
export function ActsNotStored() {
  const acts = useSentActs().filter(isOpen);
  return (
    <ul className="acts-sent">
      {acts.map((each) => (
        <li key={`${each.at} ${each.order.act}`} className={`act-${each.became}`}>
          <ActState act={each} named />
        </li>
      ))}
    </ul>
  );
}

interface ListProps {
  acts: readonly SentAct[];
  /** Whether the place stands with each. */
  named?: boolean;
  shortcuts?: boolean;
}

function ActList({ acts, named = false, shortcuts = false }: ListProps) {
  const last = acts.findLast(isOpen);
  return (
    <ul className="acts-sent">
      {acts.map((each) => (
        <li key={`${each.at} ${each.order.act}`} className={`act-${each.became}`}>
          <ActState act={each} named={named} />
          {each.became === "refused" || each.became === "unanswered" ? (
            <Remedies act={each} shortcuts={shortcuts && each === last} />
          ) : null}
        </li>
      ))}
    </ul>
  );
}

const TEXTS = {
  sent: "desk.act.sent",
  stored: "desk.act.stored",
  to_approve: "desk.act.to_approve",
  to_accept: "desk.act.to_accept",
  refused: "desk.act.refused",
  unanswered: "desk.act.unanswered",
} as const;

function ActState({ act, named }: { act: SentAct; named: boolean }) {
  const { t } = useWords();
  const failed = act.became === "refused" || act.became === "unanswered";
  return (
    <span role={failed ? "alert" : "status"}>
      {named ? <b>{act.place}: </b> : null}
      {t(TEXTS[act.became], { act: t(LABELS[act.order.act]) })}{" "}
      {act.error instanceof Refused ? <RefusedText error={act.error} /> : null}
    </span>
  );
}

/** Orders it once more as it was, or takes note that it is not stored. */
function Remedies({ act, shortcuts }: { act: SentAct; shortcuts: boolean }) {
  const { t } = useWords();
  const client = useQueryClient();
  const sending = useSending();
  const forget = () => {
    const cache = client.getMutationCache();
    const found = cache.findAll({ mutationKey: ACTS }) as unknown as Held[];
    for (const each of found.filter((one) => one.state.submittedAt === act.at)) cache.remove(each);
  };
  const again = () => {
    forget();
    sending({ incident: act.incident, place: act.place, order: act.order });
  };
  return (
    <span className="acts-row">
      {act.became === "unanswered" ? (
        <Act
          label={t("desk.act.again")}
          {...(shortcuts ? { shortcut: KEYS.again } : {})}
          onAct={again}
        />
      ) : null}
      <Act
        label={t("desk.act.read")}
        {...(shortcuts ? { shortcut: KEYS.putAway } : {})}
        onAct={forget}
      />
    </span>
  );
}
