import { expect, test } from "vitest";

import type { Gateway, Ledger, ListedPremises } from "../../data/center";
import type { Incident } from "../../live/events";
import { communesOf, failingDestinations, pointsOf, type Known } from "./board";

const GATEWAY: Gateway = {
  premises: "market",
  gateway: "gw-1",
  name: "Tủ chính",
  registered: true,
  state: "normal",
  heard_at: 1,
  clock_offset_s: 0.1,
  alarm: { depth: 0, oldest_age_s: 0 },
  telemetry: { depth: 0, oldest_age_s: 0 },
  lines: { "line-1": "up" },
  points: { normal: 19, fault: 0 },
  version: "1",
  conditions: [],
  comparison: null,
  access: "password",
  certificate_until: null,
};
const MARKET: ListedPremises = {
  id: "market",
  name: "Chợ",
  address: "",
  area: "xa-1",
  lat: null,
  lon: null,
  on_the_spot: {},
};

function known(changes: Partial<Known>): Known {
  return {
    gateways: [GATEWAY],
    premises: [MARKET],
    areaNames: new Map([["xa-1", "Xã Một"]]),
    ledger: undefined,
    readings: undefined,
    open: [],
    ...changes,
  };
}

function fault(condition: object, premises = "market"): Incident {
  const incident = {
    kind: "fault",
    premises: { id: premises, name: "", address: "" },
    conditions: [condition],
  };
  return incident as unknown as Incident;
}

const only = (changes: Partial<Gateway>, more: Partial<Known> = {}) =>
  communesOf(known({ gateways: [{ ...GATEWAY, ...changes }], ...more }))[0];

test("a commune with all heard and nothing missing is well", () => {
  expect(only({})).toMatchObject({ standing: "well", heard: 1, name: "Xã Một", points: { normal: 19 } });
});

test.each(["silent", "offline", "never_heard", "a state of a newer center"])(
  "the points of a gateway that is %s are silent, never normal",
  (state) => {
    expect(pointsOf({ ...GATEWAY, state })).toEqual({ silent: 19 });
    expect(only({ state })?.standing).toBe("lost");
  },
);

test("a gateway that never said its points has those of the registry, as silent", () => {
  const comparison = {
    at: 1,
    registered: 7,
    configured: 7,
    never_heard: [],
    unconfigured: [],
    differences: [],
  };
  expect(pointsOf({ ...GATEWAY, state: "silent", points: {}, comparison })).toEqual({ silent: 7 });
});

test("a gateway that never said what its points are is not well", () => {
  expect(only({ points: {} })?.standing).toBe("unsure");
});

test("a state of points that this page does not know is not normal", () => {
  expect(only({ points: { normal: 1, melted: 2 } })).toMatchObject({
    standing: "trouble",
    points: { normal: 1, other: 2 },
  });
});

test.each<[string, Partial<Gateway>]>([
  ["a condition", { conditions: [{ reason: "clock_wrong", since: 1 }] }],
  ["a line that is not up", { lines: { "line-1": "silent" } }],
  ["a clock that is off, ahead or behind", { clock_offset_s: -2.5 }],
  ["a signal that waits for long", { alarm: { depth: 1, oldest_age_s: 31 } }],
  ["a point in fault", { points: { normal: 1, fault: 1 } }],
])("%s is trouble", (_, changes) => {
  expect(only(changes)?.standing).toBe("trouble");
});

test("a point in fire is no trouble of the device", () => {
  expect(only({ points: { normal: 18, alarm: 1 } })?.standing).toBe("well");
});

test("points that said nothing since a start are not yet well", () => {
  expect(only({ points: { normal: 1, expected: 1 } })?.standing).toBe("unsure");
});

test("a missing signal of any epoch is trouble, and counted", () => {
  const line = { premises: "market", gateway: "gw-1", sent: 10, missing: 0 };
  const ledger = { gateways: [line, { ...line, missing: 2 }] } as unknown as Ledger;
  expect(only({}, { ledger })).toMatchObject({ standing: "trouble", sent: 20, missing: 2 });
  expect(only({}, { readings: ledger })).toMatchObject({
    standing: "trouble",
    missing: 0,
    readings: { sent: 20, missing: 2 },
  });
});

test("a lost path is counted from the open fault, one that came back is not", () => {
  const path = { gateway: "gw-1", scope: "path", name: "4g", reason: "path_lost", since: 1 };
  expect(only({}, { open: [fault(path)] })).toMatchObject({ pathsLost: 1, standing: "trouble" });
  expect(only({}, { open: [fault({ ...path, restored_at: 2 })] })?.pathsLost).toBe(0);
  expect(only({}, { open: [fault(path, "elsewhere")] })?.pathsLost).toBe(0);
});

test("the worst commune stands first, and within it the worst gateway", () => {
  const gateways = [
    GATEWAY,
    { ...GATEWAY, premises: "school", gateway: "gw-2" },
    { ...GATEWAY, premises: "school", gateway: "gw-3", state: "silent" },
  ];
  const premises = [MARKET, { ...MARKET, id: "school", area: "xa-2", name: "Trường" }];
  const found = communesOf(known({ gateways, premises }));
  expect(found.map((each) => [each.area, each.standing])).toEqual([
    ["xa-2", "lost"],
    ["xa-1", "well"],
  ]);
  expect(found[0]?.gateways.map((each) => each.gateway.gateway)).toEqual(["gw-3", "gw-2"]);
});

test("gateways of premises in no area stand together under no name", () => {
  expect(communesOf(known({ premises: [] }))[0]).toMatchObject({ area: null, name: null });
});

test("destinations that are not reached are named, the longest first", () => {
  const condition = {
    gateway: "",
    scope: "destination",
    name: "hoa",
    reason: "not_reached_by_sms",
    since: 5,
  };
  const open = [fault(condition), fault({ ...condition, name: "lan", since: 3 })];
  expect(failingDestinations(open)).toEqual([
    { destination: "lan", channel: "sms", since: 3 },
    { destination: "hoa", channel: "sms", since: 5 },
  ]);
});
