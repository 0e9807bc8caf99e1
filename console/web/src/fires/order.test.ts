import { expect, test } from "vitest";

import type { Fire, Incident } from "../live/events";
import { compareFires, firesInOrder, inHeldOrder } from "./order";

/** Numbers that look random and are the same in each run (mulberry32). */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Few different moments, so that many fires are equal but for their ids. */
function anyFire(random: () => number, index: number): Fire {
  const few = () => Math.floor(random() * 5);
  const queue = random() < 0.1 ? {} : { queue: { sort: [few() % 3, few(), few()] } };
  return { kind: "fire", id: `f${String(index)}`, opened_at: few(), ...queue } as unknown as Fire;
}

const shuffled = (fires: readonly Fire[], random: () => number) =>
  fires
    .map((fire) => [random(), fire] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, fire]) => fire);

/** Has *property* hold for two hundred different choices. */
function always(property: (random: () => number) => void): void {
  for (let seed = 0; seed < 200; seed += 1) property(randoms(seed));
}

test("no fire is left out or shown twice, in whatever order they come", () =>
  always((random) => {
    const fires = Array.from({ length: Math.floor(random() * 40) }, (_, each) => anyFire(random, each));
    const others = [{ kind: "fault", id: "x" }] as unknown as Incident[];
    const shown = firesInOrder([...others, ...fires]);
    expect(shown.map((each) => each.id).sort()).toEqual(fires.map((each) => each.id).sort());
  }));

test("the order is the same however the fires came", () =>
  always((random) => {
    const fires = Array.from({ length: 20 }, (_, each) => anyFire(random, each));
    expect(firesInOrder(shuffled(fires, random))).toEqual(firesInOrder(fires));
  }));

test("of two fires one stands above the other, and that holds along the list", () =>
  always((random) => {
    const sorted = firesInOrder(Array.from({ length: 12 }, (_, each) => anyFire(random, each)));
    for (const [above, fire] of sorted.entries())
      for (const below of sorted.slice(above + 1)) {
        expect(compareFires(fire, below)).toBeLessThan(0);
        expect(compareFires(below, fire)).toBeGreaterThan(0);
      }
  }));

const fire = (id: string, sort?: readonly number[]) =>
  ({ kind: "fire", id, opened_at: 50, ...(sort && { queue: { sort } }) }) as unknown as Fire;

test("the least time left comes first, then the oldest; drills stand below all real fires", () => {
  const fires = [
    fire("drill", [2, 0, 0]),
    fire("taken", [1, 3, 3]),
    fire("late", [0, 60, 2]),
    fire("overdue", [0, 10, 9]),
    fire("later, older", [0, 60, 1]),
  ];
  expect(firesInOrder(fires).map((each) => each.id)).toEqual([
    "overdue",
    "later, older",
    "late",
    "taken",
    "drill",
  ]);
});

test("while a finger is over them fires keep their places, and what comes is added", () => {
  const fires = ["came", "urgent now", "first before"].map((id) => fire(id));
  const held = inHeldOrder(fires, ["first before", "urgent now", "gone"]);
  expect(held.map((each) => each.id)).toEqual(["first before", "urgent now", "came"]);
});

test("a fire of which nothing is known does not sink", () => {
  expect(firesInOrder([fire("known", [0, 60, 1]), fire("damaged")])[0]?.id).toBe("damaged");
});
