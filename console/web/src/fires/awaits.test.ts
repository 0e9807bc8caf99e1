import { expect, test } from "vitest";

import type { Fire, WhoAsks } from "../live/events";
import { awaitsOf, isMine } from "./awaits";

const who = (name: string, permissions = ["acts:approve"]) =>
  ({ name, account: name.toLowerCase(), permissions }) as unknown as WhoAsks;
const fire = (more: object) =>
  ({ phase: "on_scene", closing: null, offer: null, ...more }) as unknown as Fire;
const closing = { by: "An", outcome: "genuine", until: 0, cause: null };
const offer = { by: "An", to: "binh", to_name: "Binh", at: 0 };

test.each([
  ["the one who may approve", { closing }, who("Binh"), "my_approval", true],
  ["the one who asked", { closing }, who("An"), "second_person", false],
  ["one who may not approve", { closing }, who("Chi", []), "second_person", false],
  ["the one to whom it is offered", { offer }, who("Binh", []), "my_acceptance", true],
  ["the one who gives it", { offer }, who("An"), "acceptance", false],
  [
    "the one to whom it is offered before it ends",
    { offer, closing },
    who("Binh"),
    "my_acceptance",
    true,
  ],
  ["anybody where nobody is awaited", {}, who("An"), null, false],
  ["anybody once it is closed", { phase: "closed", closing }, who("Binh"), null, false],
] as const)("%s reads what a fire waits for", (_reader, more, reads, awaited, mine) => {
  const found = awaitsOf(fire(more), reads);
  expect([found, isMine(found)]).toEqual([awaited, mine]);
});
