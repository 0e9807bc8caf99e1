/** Times as people read them, in the hours of the center. Pure. */
import type { Micros } from "../live/events";
import type { Language } from "../words/words";

export const ZONE = "Asia/Ho_Chi_Minh";
const LOCALE: Record<Language, string> = { vi: "vi-VN", en: "en-GB" };

/** The hour of *at*, with its day where that is not the day of *wall* (milliseconds). */
export function written(at: Micros, wall: number, language: Language): string {
  const moment = new Date(at / 1_000);
  const hour = new Intl.DateTimeFormat(LOCALE[language], { timeStyle: "medium", timeZone: ZONE });
  const day = new Intl.DateTimeFormat(LOCALE[language], { dateStyle: "short", timeZone: ZONE });
  const isToday = day.format(moment) === day.format(wall);
  return isToday ? hour.format(moment) : `${hour.format(moment)} ${day.format(moment)}`;
}

export interface Age {
  unit: "seconds" | "minutes" | "hours" | "days";
  count: number;
  /** Minutes beside hours. */
  rest: number;
}

/** How long ago *seconds* are, in the unit that people say; a moment to come is now. */
export function ageOf(seconds: number): Age {
  const whole = Math.max(0, Math.trunc(seconds));
  if (whole < 60) return { unit: "seconds", count: whole, rest: 0 };
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return { unit: "minutes", count: minutes, rest: 0 };
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return { unit: "hours", count: hours, rest: minutes % 60 };
  return { unit: "days", count: Math.floor(hours / 24), rest: 0 };
}

/** *seconds* as minutes and seconds, or hours, minutes and seconds: `4:05`, `1:02:03`; before zero with a minus. */
export function duration(seconds: number): string {
  const whole = Math.abs(Math.trunc(seconds));
  const parts = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  const text = shown
    .map((each, index) => (index === 0 ? String(each) : String(each).padStart(2, "0")))
    .join(":");
  return seconds <= -1 ? `-${text}` : text;
}

/** A local day (`2027-07-01`) as people read it. */
export function writtenDay(day: string, language: Language): string {
  const format = new Intl.DateTimeFormat(LOCALE[language], { dateStyle: "short", timeZone: "UTC" });
  return format.format(new Date(`${day}T00:00:00Z`));
}

/** The day and the hour of *at*, whichever day it is. */
export function writtenFull(at: Micros, language: Language): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    dateStyle: "short",
    timeStyle: "medium",
    timeZone: ZONE,
  }).format(at / 1_000);
}

/** The hour of *at*, with its seconds. */
export function writtenHour(at: Micros, language: Language): string {
  return new Intl.DateTimeFormat(LOCALE[language], { timeStyle: "medium", timeZone: ZONE }).format(
    at / 1_000,
  );
}

/** The day of *at*, with that of the week. */
export function writtenDate(at: Micros, language: Language): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    weekday: "short",
    day: "2-digit",
    month: "2-digit",
    timeZone: ZONE,
  }).format(at / 1_000);
}
