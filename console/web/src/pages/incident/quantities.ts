/** The words of measured quantities. */
import type { Key } from "../../generated/keys";

const TEXTS: Readonly<Record<string, Key>> = {
  smoke: "desk.quantity.smoke",
  temperature: "desk.quantity.temperature",
  co: "desk.quantity.co",
  manual: "desk.quantity.manual",
  alarm: "desk.quantity.alarm",
  heatalarm: "desk.quantity.heatalarm",
  coalarm: "desk.quantity.coalarm",
  gasalarm: "desk.quantity.gasalarm",
  commonalarm: "desk.quantity.commonalarm",
  battery: "desk.quantity.battery",
};

/** The words of *quantity*; its own name where a newer center measures something else. */
export function quantityText(quantity: string, t: (key: Key) => string): string {
  const key = TEXTS[quantity];
  return key === undefined ? quantity : t(key);
}
