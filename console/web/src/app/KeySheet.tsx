/** The sheet of all keys that do something now; `?` opens it. A telephone, which has no keys, does not load it. */
import { lazy, Suspense, useEffect, useState } from "react";

import { useMay } from "../data/may";
import { Act } from "../parts/Act";
import { useWords } from "../words/words";
import { KEYS } from "./keyTable";

const load = () => import("./KeyList");
// Without a network it cannot be loaded any more, and there is none then: the page itself must stay.
const KeyList = lazy(() => load().catch(() => ({ default: () => null })));

export function KeySheet() {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const isDesk = useMay("desks:attend");
  useEffect(() => {
    if (isDesk) void load().catch(() => undefined);
  }, [isDesk]);
  return (
    <>
      <Act
        label={t("desk.keys.title")}
        shortcut={KEYS.allKeys}
        className="keys-act"
        spoken={t("desk.keys.title")}
        onAct={() => setOpen(true)}
      >
        {null}
      </Act>
      {open ? (
        <Suspense>
          <KeyList onChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}
