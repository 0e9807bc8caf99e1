import { expect, test } from "vitest";

import type { Incident } from "../../live/events";
import { mattersOf } from "./lists";

const incident = (id: string, kind: string, at = 0) =>
  ({ id, kind, opened_at: at }) as unknown as Incident;
const ids = (list: readonly Incident[]) => list.map((each) => each.id);

test("every incident that is no fire is in one list, and no fire is in any", () => {
  const kinds = ["fire", "fault", "supervisory", "test", "drill", "silence", "maintenance"];
  const lists = mattersOf(kinds.map((kind) => incident(kind, kind)));
  expect(ids(lists.fault)).toEqual(["fault"]);
  expect(ids(lists.supervisory)).toEqual(["supervisory"]);
  expect(ids(lists.override)).toEqual(["drill", "maintenance", "silence", "test"]);
});

test("the newest stands first", () => {
  const { fault } = mattersOf([incident("old", "fault", 1), incident("new", "fault", 2)]);
  expect(ids(fault)).toEqual(["new", "old"]);
});
