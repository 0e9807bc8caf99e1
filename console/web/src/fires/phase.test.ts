import { expect, test } from "vitest";

import type { Fire } from "../live/events";
import { wordsOf } from "../words/words";
import { headText, isOnlySuspected, phaseText } from "./phase";

const words = wordsOf("vi", {
  "case.fire": ["cháy"],
  "phase.suspected": ["nghi cháy"],
  "phase.confirmed": ["đã xác nhận"],
  "phase.acknowledged": ["đã tiếp nhận"],
});
const fire = (phase: Fire["phase"], confirmed_at: number | null) => ({ phase, confirmed_at });

test.each([
  ["suspected", null, "nghi cháy", "nghi cháy"],
  ["acknowledged", null, "nghi cháy: đã tiếp nhận", "nghi cháy: đã tiếp nhận"],
  ["acknowledged", 5, "đã tiếp nhận", "cháy: đã tiếp nhận"],
  ["confirmed", 5, "đã xác nhận", "cháy: đã xác nhận"],
] as const)("a fire that is %s, confirmed at %j, is called so", (phase, at, row, head) => {
  expect([phaseText(fire(phase, at), words), headText(fire(phase, at), words)]).toEqual([row, head]);
});

test("what is closed is no suspicion any longer", () => {
  expect(isOnlySuspected(fire("closed", null))).toBe(false);
});
