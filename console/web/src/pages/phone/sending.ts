/** Sends what a person pressed over a bad network: tried again until the center has it, or refuses it. */
import { useMutation } from "@tanstack/react-query";

import { Refused } from "../../api/client";

/** Times that it is tried again; each may be sent twice, since the center stores the same once. */
const MOST_TRIES = 8;

export type SendingState = "idle" | "sent" | "stored" | "refused";

export interface SendingResult<What> {
  send: (what: What) => void;
  state: SendingState;
  /** Whether the center has not answered yet, and it is sent once more. */
  again: boolean;
  error: Error | null;
}

export function useSending<What>(send: (what: What) => Promise<unknown>): SendingResult<What> {
  const sent = useMutation({
    mutationFn: send,
    // A telephone that believes to be without a network may be wrong: it is tried all the same.
    networkMode: "always",
    retry: (count, error) => count < MOST_TRIES && !isFinal(error),
    retryDelay: 2_000,
  });
  const states = { idle: "idle", pending: "sent", success: "stored", error: "refused" } as const;
  return {
    send: (what) => sent.mutate(what),
    state: states[sent.status],
    again: sent.failureCount > 0,
    error: sent.error,
  };
}

/** A center that is busy may take it later. */
const isFinal = (error: Error): boolean => error instanceof Refused && error.status < 500;
