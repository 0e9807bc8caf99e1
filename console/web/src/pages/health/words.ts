/** The names of states on the health board. */
import type { Key } from "../../generated/keys";
import type { PointState, Standing } from "./board";

export const STANDING_NAMES: Record<Standing, Key> = {
  lost: "desk.health.standing_lost",
  unsure: "desk.health.standing_unsure",
  trouble: "desk.health.standing_trouble",
  well: "desk.health.standing_well",
};

export const POINT_NAMES: Record<PointState, Key> = {
  alarm: "desk.health.point_alarm",
  prealarm: "desk.health.point_prealarm",
  silent: "desk.health.point_silent",
  never_heard: "desk.health.point_never_heard",
  fault: "desk.health.point_fault",
  tamper: "desk.health.point_tamper",
  disabled: "desk.health.point_disabled",
  test: "desk.health.point_test",
  expected: "desk.health.point_expected",
  other: "desk.health.point_other",
  normal: "desk.health.point_normal",
};

const GATEWAY_NAMES: Partial<Record<string, Key>> = {
  normal: "desk.health.gateway_normal",
  expected: "desk.health.gateway_expected",
  silent: "desk.health.gateway_silent",
  offline: "desk.health.gateway_offline",
  never_heard: "desk.health.gateway_never_heard",
};

/** The name of a gateway's state; one of a newer center is not known to be well. */
export const gatewayName = (state: string): Key => GATEWAY_NAMES[state] ?? "desk.health.standing_unsure";

/** A mark before each standing: none of them is told by its colour alone. */
export const MARKS: Record<Standing, string> = { lost: "✕", unsure: "?", trouble: "!", well: "✓" };
