/** What the console sends by /live, as docs/console.md says. */
import type { Readable } from "openapi-typescript-helpers";

import type { Schemas } from "../api/client";

export type Incident = Readable<Schemas["Incidents"]>["incidents"][number];
export type Fire = Extract<Incident, { kind: "fire" }>;
export type Entry = Schemas["Entry"];
export type WhoAsks = Schemas["WhoAsks"];

/** Microseconds since 1970. */
export type Micros = number;

export interface Part {
  state: "ok" | "lost";
  since: Micros;
}

export interface Hello {
  now: Micros;
  version: string;
  who: WhoAsks;
}

export interface Tick {
  at: Micros;
  /** The feed of the center, and how far this one is behind it. */
  upstream: Part & { lag_ms: number };
  ingest: Part;
  broker: Part;
  /** How far the center's clock is off, where that is known. */
  clock_offset_ms: number | null;
  /** Entries of the feed that never came. */
  gap: number;
}

export interface Rows {
  rows: Incident[];
  gone: string[];
  /** These are all: what was known before is forgotten. */
  reset: boolean;
}

export interface Entries {
  entries: Entry[];
}

/** The events of the stream, by name. */
export interface Events {
  hello: Hello;
  tick: Tick;
  rows: Rows;
  entries: Entries;
}
