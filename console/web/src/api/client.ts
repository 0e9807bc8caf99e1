/** Requests to the center, typed by docs/openapi.yaml, in the session of whoever signed in. */
import createClient from "openapi-fetch";

import type { components, paths } from "../generated/api";

export type Schemas = components["schemas"];

/** The header is the same in every request: no call names it. */
type WithoutHeader<Operation> = Operation extends { parameters: infer Parameters }
  ? Omit<Operation, "parameters"> & { parameters: Omit<Parameters, "header"> & { header?: never } }
  : Operation;

type Paths = {
  [Path in keyof paths]: { [Method in keyof paths[Path]]: WithoutHeader<paths[Path][Method]> };
};

let reading = new AbortController();

/**
 * Ends what is asked and not answered, where the network stalls without a word: a browser has six connections to one
 * server, and the stream that opens the eyes again needs one. An act goes on: nobody knows whether it was stored.
 */
export function giveUpReading(): void {
  reading.abort();
  reading = new AbortController();
}

const ask = (request: Request): Promise<Response> =>
  request.method === "GET"
    ? fetch(request, { signal: AbortSignal.any([request.signal, reading.signal]) })
    : fetch(request);

/** Tells the center that a page of its own asks: no other site can set it. */
export const api = createClient<Paths>({
  baseUrl: "/",
  headers: { "X-Tocsin-Request": "1" },
  fetch: ask,
});

/** A refusal of the center, in its own words; *owner* has the incident where that is the reason. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: Partial<Schemas["Error"]>,
  ) {
    super(body.error ?? `HTTP ${status}`);
  }
}

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; raises Refused where the center refused. */
export async function answer<T>(asked: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (data === undefined) throw new Refused(response.status, error ?? {});
  return data;
}
