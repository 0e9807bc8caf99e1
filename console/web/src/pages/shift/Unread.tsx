/** The open matters that the signer has not read, marked where they came later; a signature waits for them. */
import { Link } from "wouter";

import { Act } from "../../parts/Act";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import type { Reading } from "./reading";

export function Unread({ reading }: { reading: Reading }) {
  const { t, counted, name } = useWords();
  const { fresh, begun, onRead } = reading;
  if (fresh.length === 0) return null;
  return (
    <div role="status" className="unread">
      <p>
        <b>{counted(begun ? "desk.shift.came" : "desk.shift.unread", fresh.length)}</b>
      </p>
      {begun ? (
        <ul className="signed-matters">
          {fresh.map((each) => (
            <li key={each.id}>
              <mark>{t("desk.shift.new")}</mark> <b>{name("case", each.kind)}</b>{" "}
              <Link href={`/incidents/${each.id}`}>{each.premises.name || each.premises.id}</Link>
              {" · "}
              {name("phase", each.phase)} · <Since at={each.opened_at} />
            </li>
          ))}
        </ul>
      ) : null}
      <Act label={t("desk.shift.read_them")} onAct={onRead} />
    </div>
  );
}
