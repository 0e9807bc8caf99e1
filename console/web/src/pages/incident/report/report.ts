/** The tables of the report of one fire, as texts. Pure. */
import type { Schemas } from "../../../api/client";
import type { Entry, Fire, Micros } from "../../../live/events";
import { duration, writtenFull } from "../../../time/written";
import type { Words } from "../../../words/words";
import { answeredAt } from "../answered";
import { LABELS } from "../labels";
import type { Scene } from "../incident";

type Person = Schemas["PersonTold"];
type Milestones = Schemas["Explanation"]["milestones"];

/** A cell of which nothing is known, which is never 0. */
const NONE = "—";

const moment = (at: Micros | null | undefined, { language }: Words): string =>
  at === null || at === undefined ? NONE : writtenFull(at, language);

/** The clocks: each step that was reached, when, and how long after the first signal. */
export function clockRows(fire: Fire, milestones: Milestones, words: Words): string[][] {
  const again = fire.timeline?.findLast((each) => each.event === REOPENED);
  const first = Object.entries(milestones)
    .sort(([, a], [, b]) => a - b)
    .map(([step, seconds]) => [
      words.name("milestone", step),
      writtenFull(fire.opened_at + seconds * 1_000_000, words.language),
      duration(seconds),
    ]);
  return again === undefined ? first : [...first, ...clocksAgain(fire.timeline ?? [], again, words)];
}

/** The steps after the last reopening, whose time counts from then. */
function clocksAgain(timeline: readonly Entry[], again: Entry, words: Words): string[][] {
  const after = timeline.slice(timeline.indexOf(again) + 1);
  const steps = MEASURED.flatMap((step) => after.find(({ event }) => event === step) ?? []);
  const row = (name: string, at: Micros) => [
    name,
    moment(at, words),
    duration((at - again.at) / 1_000_000),
  ];
  return [
    row(words.t("desk.incident.reopened"), again.at),
    ...steps.map((each) =>
      row(words.t("desk.report.again", { step: words.name("milestone", each.event) }), each.at),
    ),
  ];
}

const MEASURED = ["confirmed", "acknowledged", "dispatched", "on_scene", "under_control", "closed"];

/** The points in the order in which they reported, with the place of each. */
export function pointRows(fire: Fire, scene: Scene | undefined, words: Words): string[][] {
  const places = new Map(scene?.burning.points.map((each) => [`${each.gateway} ${each.point}`, each]));
  const zones = new Map(scene?.burning.zones.map((each) => [each.zone, each.name]));
  return [...fire.points]
    .sort((a, b) => a.changed_at - b.changed_at)
    .map((each, index) => {
      const place = places.get(`${each.gateway} ${each.name}`);
      const zone = each.zone === null ? NONE : (zones.get(each.zone) ?? each.zone);
      return [
        String(index + 1),
        [place?.place, place?.room].filter(Boolean).join(", ") || NONE,
        `${words.name("detector", place?.kind ?? "level")} ${each.name}`,
        zone,
        moment(each.changed_at, words),
        moment(each.restored_at, words),
      ];
    });
}

export const forceRows = (fire: Fire, words: Words): string[][] =>
  fire.forces.map((each) => [each.name, moment(each.sent_at, words), moment(each.on_scene_at, words)]);

/** The people who were told: sent, delivered, seen and answered are four columns that never stand for one another. */
export function toldRows(
  told: readonly Person[],
  shown: (contact: string, name: string) => string,
  words: Words,
): string[][] {
  return told.map((each) => [
    shown(each.contact, each.name),
    each.channels.map((over) => words.name("channel", over.channel)).join(", "),
    moment(each.told_at, words),
    moment(each.delivered_at, words),
    moment(each.seen_at, words),
    moment(answeredAt(each), words),
  ]);
}

/** The words of what a person did, by the event in the timeline. */
const ACTS: Readonly<Record<string, keyof typeof LABELS>> = {
  acknowledged: "take",
  dispatched: "dispatch",
  on_scene: "on_scene",
  under_control: "under_control",
  note: "note",
  call: "call",
  hand_over: "hand_over",
  procedure: "check",
  step_skipped: "skip",
  seen: "seen",
  closed: "close",
};

/** What people did: when, what, who, and what they said with it; a reopening parts what was before from after it. */
export function actRows(
  timeline: readonly Entry[],
  words: Words,
  person: (by: string) => string = (by) => by,
): string[][] {
  return timeline.flatMap((entry) => {
    const label = labelOf(entry);
    const data = entry.data as Readonly<Record<string, unknown>>;
    if (entry.event === REOPENED) return [reopenedRow(entry, data, words)];
    if (label === undefined || typeof data.by !== "string") return [];
    return [[moment(entry.at, words), words.t(label), whoOf(data, person, words), saidIn(data, words)]];
  });
}

/** What became of a proposal to close, by the reason of its entry. */
const APPROVALS = {
  approval_asked: "desk.report.proposed",
  approved: "desk.act.approve",
  withdrawn: "desk.act.withdraw",
  approval_refused: "desk.act.refuse",
  approval_replaced: "desk.close.replace",
  not_approved_in_time: "desk.report.lapsed",
} as const;

function labelOf({ event, reason }: Entry) {
  if (event === "approval") return APPROVALS[reason as keyof typeof APPROVALS];
  const act = ACTS[event];
  return act === undefined ? undefined : LABELS[act];
}

/** Who closed the fire: both, where one proposed and another one approved it; null where nobody did. */
export function closersOf(timeline: readonly Entry[], words: Words): string | null {
  const data = timeline.findLast(({ event }) => event === "closed")?.data as
    Readonly<Record<string, unknown>> | undefined;
  return typeof data?.by === "string" ? whoOf(data, (by) => by, words) : null;
}

function whoOf(
  data: Readonly<Record<string, unknown>>,
  person: (by: string) => string,
  words: Words,
): string {
  const by = person(String(data.by));
  const two = "outcome" in data && typeof data.asked_by === "string";
  return two ? words.t("desk.report.by_two", { asked_by: String(data.asked_by), by }) : by;
}

const REOPENED = "reopened";

function reopenedRow(entry: Entry, data: Readonly<Record<string, unknown>>, words: Words): string[] {
  const owner = typeof data.owner === "string" ? data.owner : NONE;
  const why = words.name("decision", entry.reason);
  const after = typeof data.after === "string" ? words.name("phase", data.after) : NONE;
  const said = words.t("desk.report.reopened_after", { why, after });
  return [moment(entry.at, words), words.t("desk.incident.reopened"), owner, said];
}

/** Whom people know by a name, where an act was done by the id of a contact. */
export function personOf(told: readonly Person[]): (by: string) => string {
  const names = new Map(told.map((each) => [each.contact, each.name]));
  return (by) => names.get(by) ?? by;
}

function saidIn(data: Readonly<Record<string, unknown>>, words: Words): string {
  const outcome = typeof data.outcome === "string" ? words.name("outcome", data.outcome) : "";
  const forces = Array.isArray(data.forces) ? data.forces.join(", ") : "";
  const answered =
    typeof data.answered === "boolean"
      ? words.t(data.answered ? "desk.report.call_answered" : "desk.report.call_unanswered")
      : "";
  const texts = [data.whom, answered, data.to, data.text, data.said, data.note, forces, outcome];
  return texts.filter((each): each is string => typeof each === "string" && each !== "").join("; ");
}
