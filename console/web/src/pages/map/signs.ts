/** The letters of the marks of stations, water and vehicles, in the reader's language. */
import { useMemo } from "react";

import { useWords } from "../../words/words";
import type { Signs } from "./marks";

export function useSigns(): Signs {
  const { t } = useWords();
  return useMemo(
    () => ({
      unit: t("desk.map.sign_unit"),
      hydrant: t("desk.map.sign_hydrant"),
      water: t("desk.map.sign_water"),
      engine: t("desk.map.sign_engine"),
      boat: t("desk.map.sign_boat"),
    }),
    [t],
  );
}
