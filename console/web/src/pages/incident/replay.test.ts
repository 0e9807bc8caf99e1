import { expect, test } from "vitest";

import type { Schemas } from "../../api/client";
import { inOrder, stateAt } from "./replay";

const point = (name: string, at: number) =>
  ({ point: name, changed_at: at }) as unknown as Schemas["BurningPoint"];

test("points are replayed in the order in which they alarmed", () => {
  const order = inOrder([point("b", 2), point("c", 1), point("a", 2)]);
  expect(order.map((each) => each.point)).toEqual(["c", "a", "b"]);
});

test("each step lights one point more, and all are lit at the end", () => {
  const states = [0, 1, 3].map((step) => [0, 1, 2].map((index) => stateAt(index, step)));
  expect(states).toEqual([
    ["dark", "dark", "dark"],
    ["newest", "dark", "dark"],
    ["lit", "lit", "newest"],
  ]);
});
