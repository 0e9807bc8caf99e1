/** What to do until the fire police arrive. */
import type { Key } from "../../generated/keys";
import { useWords } from "../../words/words";

const STEPS: readonly Key[] = [
  "desk.phone.do_shout",
  "desk.phone.do_out",
  "desk.phone.do_power",
  "desk.phone.do_fight",
  "desk.phone.do_meet",
];

export function ToDo() {
  const { t } = useWords();
  return (
    <>
      <h3>{t("desk.phone.to_do")}</h3>
      <ol>
        {STEPS.map((each) => (
          <li key={each}>{t(each)}</li>
        ))}
      </ol>
    </>
  );
}
