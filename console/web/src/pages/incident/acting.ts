/** Acting on a fire: each act is first sent, then stored; the screen says which. */
import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api, type Schemas } from "../../api/client";
import type { Incident } from "../../live/events";
import type { ActName, StepName } from "./acts";

type Close = Pick<Schemas["CloseRequest"], "outcome" | "cause" | "note">;
type Call = Pick<Schemas["CallRequest"], "contact" | "whom" | "answered" | "said">;
type Step = Partial<Pick<Schemas["StepRequest"], "note" | "units" | "means" | "skipped">>;

export type Order =
  | { act: "take" | "accept" | "decline" | "approve" | "seen" }
  | ({ act: StepName } & Step)
  | ({ act: "close" } & Close)
  | ({ act: "call" } & Call)
  | { act: "note"; text: string }
  | { act: "hand_over"; to: string; note: string };

export interface Acting {
  order: (order: Order) => void;
  /** The last act that was ordered; its result says whether it is stored. */
  last: ActName | null;
  result: UseMutationResult<Incident, Error, Order>;
}

const PLAIN = {
  take: "/api/v1/incidents/{id}/acknowledge",
  accept: "/api/v1/incidents/{id}/hand-over/accept",
  decline: "/api/v1/incidents/{id}/hand-over/decline",
  approve: "/api/v1/incidents/{id}/approve",
  seen: "/api/v1/incidents/{id}/seen",
} as const;

const STEPS = {
  dispatch: "/api/v1/incidents/{id}/dispatch",
  on_scene: "/api/v1/incidents/{id}/on-scene",
  under_control: "/api/v1/incidents/{id}/under-control",
} as const;

/** The center names who acts by the session. */
const BY = { by: null } as const;

function send(id: string, order: Order): Promise<Incident> {
  const params = { path: { id } };
  switch (order.act) {
    case "dispatch":
    case "on_scene":
    case "under_control": {
      const { note = "", units = [], means = [], skipped = "" } = order;
      const body = { ...BY, note, units, means, skipped };
      return answer(api.POST(STEPS[order.act], { params, body }));
    }
    case "close": {
      const { outcome, cause, note } = order;
      const body = { ...BY, outcome, cause, note };
      return answer(api.POST("/api/v1/incidents/{id}/close", { params, body }));
    }
    case "call": {
      const { contact, whom, answered, said } = order;
      const body = { ...BY, contact, whom, answered, said };
      return answer(api.POST("/api/v1/incidents/{id}/calls", { params, body }));
    }
    case "note":
      return answer(
        api.POST("/api/v1/incidents/{id}/notes", { params, body: { ...BY, text: order.text } }),
      );
    case "hand_over": {
      const body = { ...BY, to: order.to, note: order.note };
      return answer(api.POST("/api/v1/incidents/{id}/hand-over", { params, body }));
    }
    default:
      return answer(api.POST(PLAIN[order.act], { params, body: { ...BY, note: "" } }));
  }
}

export function useActing(id: string): Acting {
  const client = useQueryClient();
  const [last, setLast] = useState<ActName | null>(null);
  const result = useMutation({
    mutationFn: (order: Order) => send(id, order),
    onSettled: () => client.invalidateQueries({ queryKey: ["incident", id] }),
  });
  const order = (next: Order) => {
    setLast(next.act);
    result.mutate(next);
  };
  return { order, last, result };
}
