/** Acting on an incident: each act is sent, then stored; what became of it is kept until somebody has seen it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer, api, type Schemas } from "../../api/client";
import type { Incident } from "../../live/events";
import type { StepName } from "./acts";

type Close = Pick<Schemas["CloseRequest"], "outcome" | "cause" | "note" | "instead_of">;
type Call = Pick<Schemas["CallRequest"], "contact" | "whom" | "answered" | "said">;
type Step = Partial<Pick<Schemas["StepRequest"], "note" | "units" | "means" | "whom" | "skipped">>;

export type Order =
  | { act: "take" | "accept" | "decline" | "approve" | "withdraw" | "seen" }
  | { act: "refuse"; reason: string }
  | ({ act: StepName } & Step)
  | ({ act: "close" } & Close)
  | ({ act: "call" } & Call)
  | { act: "note"; text: string }
  | { act: "hand_over"; to: string; note: string }
  | { act: "check"; step: string }
  | { act: "skip"; step: string; reason: string }
  | { act: "override"; body: Schemas["OverrideRequest"] };

/** An order as it was sent: to which incident, and how people call that. */
export interface SentOrder {
  incident: string;
  place: string;
  order: Order;
}

export interface Acting {
  order: (order: Order) => void;
}

/** The key under which all acts of this screen are found, whichever page ordered them. */
export const ACTS = ["act"] as const;

/** Milliseconds after which an act counts as not stored: longer than console itself waits for the center. */
const LONGEST = 20_000;

const PLAIN = {
  take: "/api/v1/incidents/{id}/acknowledge",
  accept: "/api/v1/incidents/{id}/hand-over/accept",
  decline: "/api/v1/incidents/{id}/hand-over/decline",
  approve: "/api/v1/incidents/{id}/approve",
  withdraw: "/api/v1/incidents/{id}/withdraw",
  seen: "/api/v1/incidents/{id}/seen",
} as const;

const STEPS = {
  dispatch: "/api/v1/incidents/{id}/dispatch",
  on_scene: "/api/v1/incidents/{id}/on-scene",
  under_control: "/api/v1/incidents/{id}/under-control",
} as const;

/** The center names who acts by the session. */
const BY = { by: null } as const;

interface To {
  params: { path: { id: string } };
  signal: AbortSignal;
}

function send({ incident, order }: SentOrder): Promise<Incident> {
  const sent = { params: { path: { id: incident } }, signal: AbortSignal.timeout(LONGEST) };
  switch (order.act) {
    case "check":
    case "skip":
      return sendStep(sent, order.step, order.act === "skip" ? order.reason : null);
    case "override":
      return answer(api.POST("/api/v1/overrides", { signal: sent.signal, body: order.body }));
    case "take":
    case "accept":
    case "decline":
    case "approve":
    case "withdraw":
    case "seen":
      return answer(api.POST(PLAIN[order.act], { ...sent, body: { ...BY, note: "" } }));
    default:
      return sendSaid(sent, order);
  }
}

/** A step of the procedure: skipped where there is a *reason*, else done. */
const sendStep = (sent: To, step: string, reason: string | null): Promise<Incident> => {
  const body = { ...BY, step, skip: reason !== null, reason: reason ?? "" };
  return answer(api.POST("/api/v1/incidents/{id}/procedure", { ...sent, body }));
};

/** The next phase of the fire, with those who go. */
const sendPhase = (sent: To, order: Extract<Order, { act: StepName }>): Promise<Incident> => {
  const { note = "", units = [], means = [], whom = "", skipped = "" } = order;
  const body = { ...BY, note, units, means, whom, skipped };
  return answer(api.POST(STEPS[order.act], { ...sent, body }));
};

type Said = Extract<Order, { act: StepName | "close" | "refuse" | "call" | "note" | "hand_over" }>;

/** An act with which something is said. */
function sendSaid(sent: To, order: Said): Promise<Incident> {
  switch (order.act) {
    case "dispatch":
    case "on_scene":
    case "under_control":
      return sendPhase(sent, order);
    case "close": {
      const { outcome, cause, note, instead_of } = order;
      const body = { ...BY, outcome, cause, note, instead_of };
      return answer(api.POST("/api/v1/incidents/{id}/close", { ...sent, body }));
    }
    case "refuse": {
      const body = { ...BY, reason: order.reason, note: "" };
      return answer(api.POST("/api/v1/incidents/{id}/refuse", { ...sent, body }));
    }
    case "call": {
      const { contact, whom, answered, said } = order;
      const body = { ...BY, contact, whom, answered, said };
      return answer(api.POST("/api/v1/incidents/{id}/calls", { ...sent, body }));
    }
    case "note":
      return answer(
        api.POST("/api/v1/incidents/{id}/notes", { ...sent, body: { ...BY, text: order.text } }),
      );
    case "hand_over": {
      const body = { ...BY, to: order.to, note: order.note };
      return answer(api.POST("/api/v1/incidents/{id}/hand-over", { ...sent, body }));
    }
  }
}

/** Sends orders: at once also where the browser believes that it has no network, and never again by itself. */
export function useSending(): (sent: SentOrder) => void {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationKey: ACTS,
    mutationFn: send,
    networkMode: "always",
    retry: false,
    gcTime: Infinity,
    onSettled: (_data, _error, { incident }) =>
      client.invalidateQueries({ queryKey: ["incident", incident] }),
  });
  return mutate;
}

export function useActing({ id, premises }: Incident): Acting {
  const sending = useSending();
  return { order: (order) => sending({ incident: id, place: premises.name, order }) };
}
