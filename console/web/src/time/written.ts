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
