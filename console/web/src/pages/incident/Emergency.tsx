/** The numbers of the emergency services, at hand for whoever acts at a fire. */
import type { Key } from "../../generated/keys";
import { useMay } from "../../data/may";
import { useWords } from "../../words/words";
import { Call } from "./Call";

export const EMERGENCY = [
  { phone: "114", name: "desk.call.fire_police" },
  { phone: "115", name: "desk.call.ambulance" },
] as const satisfies readonly { phone: string; name: Key }[];

export function Emergency() {
  const { t } = useWords();
  if (!useMay("incidents:act")) return null;
  return (
    <ul className="people emergency" aria-label={t("desk.call.emergency")}>
      {EMERGENCY.map(({ phone, name }) => (
        <li key={phone}>
          <strong>{t(name)}</strong>
          <Call phone={phone} name={t(name)} />
        </li>
      ))}
    </ul>
  );
}
