/** The title and the icon of the tab: a covered desk, too, says what burns, and when it is blind. */
import { useEffect } from "react";

import { awaitsOf, isMine } from "../fires/awaits";
import { useOwnFires } from "../fires/fires";
import { useLive, useSightFaults } from "../live/live";
import { isBlind } from "../live/sight";
import { useWords } from "../words/words";
import { waits } from "./news";

const ICONS = { calm: "/icon.svg", fire: "/icon-fire.svg", blind: "/icon-blind.svg" } as const;

export function TabState() {
  const { t, counted } = useWords();
  const fires = useOwnFires();
  const blind = isBlind(useSightFaults());
  const waiting = fires.filter((each) => waits(each) && !each.exercise).length;
  const state = blind ? "blind" : waiting > 0 ? "fire" : "calm";
  const who = useLive((live) => live.who);
  const mine = fires.filter((each) => isMine(awaitsOf(each, who))).length;
  const open = fires.length > 0 ? `${counted("desk.queue.fires", fires.length)} · Tocsin` : "Tocsin";
  const awaited = mine > 0 ? `${counted("desk.tab.mine", mine)} · ${open}` : open;
  const title = blind ? t("desk.tab.blind") : waiting > 0 ? `(${waiting}) ${awaited}` : awaited;
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    document.querySelector<HTMLLinkElement>("link[rel=icon]")?.setAttribute("href", ICONS[state]);
  }, [state]);
  return null;
}
