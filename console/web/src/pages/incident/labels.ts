/** The words on the buttons of acts. */
import type { ActName } from "./acts";

export const LABELS = {
  take: "desk.act.take",
  accept: "desk.act.accept",
  decline: "desk.act.decline",
  dispatch: "desk.act.dispatch",
  on_scene: "desk.act.on_scene",
  under_control: "desk.act.under_control",
  approve: "desk.act.approve",
  refuse: "desk.act.refuse",
  withdraw: "desk.act.withdraw",
  close: "desk.act.close",
  call: "desk.act.call",
  note: "desk.act.note",
  hand_over: "desk.act.hand_over",
  seen: "desk.act.seen",
  override: "desk.act.override",
  check: "desk.act.check",
  skip: "desk.act.skip",
} as const satisfies Record<ActName, string>;
