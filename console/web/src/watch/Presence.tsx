/** Reports to the center each few seconds whether a person is at this screen: an unattended desk escalates sooner. */
import { useEffect, useRef } from "react";

import { answer, api } from "../api/client";
import { useLive } from "../live/live";
import { looked, LOOK, pointed, reportOf, UNATTENDED, type Attendance } from "./attendance";
import { deskId } from "./desk";
import { useSoundTestedAt } from "./soundTest";

/** Milliseconds between two reports. */
const REPORT = 5_000;

/** Moments of which the center learns at once: the page is covered or seen again, the browser stops it or lets it go on. */
const MOMENTS = ["visibilitychange", "freeze", "resume"] as const;

const goesToSleep = (event?: Event): boolean => event?.type === "freeze";

export function Presence() {
  const signedIn = useLive((live) => live.who?.session != null);
  const soundTestedAt = useSoundTestedAt();
  const state = useRef<Attendance>(UNATTENDED);
  useSigns(state);
  useEffect(() => {
    if (!signedIn) return;
    const report = (event?: Event) => {
      const around = { desk: deskId(), at: Date.now() * 1_000, hidden: document.hidden, soundTestedAt };
      const body = reportOf(
        goesToSleep(event) ? { ...state.current, slept: true } : state.current,
        around,
      );
      state.current = { ...state.current, slept: false };
      const signal = AbortSignal.timeout(REPORT);
      // One that is not taken is followed by the next; the tick says where the center is away.
      void answer(api.POST("/live/presence", { body, keepalive: true, signal })).catch(() => undefined);
    };
    report();
    const timer = window.setInterval(report, REPORT);
    for (const name of MOMENTS) document.addEventListener(name, report);
    return () => {
      window.clearInterval(timer);
      for (const name of MOMENTS) document.removeEventListener(name, report);
    };
  }, [signedIn, soundTestedAt]);
  return null;
}

/** Notes keys, pointers and the pauses of the page in *state*. */
function useSigns(state: React.RefObject<Attendance>): void {
  useEffect(() => {
    const key = () => (state.current = { ...state.current, keyAt: Date.now() * 1_000 });
    const pointer = () => (state.current = { ...state.current, pointerAt: Date.now() * 1_000 });
    const look = () => (state.current = looked(state.current, Date.now()));
    const timer = window.setInterval(look, LOOK);
    window.addEventListener("keydown", key, true);
    const move = ({ screenX: x, screenY: y }: PointerEvent) =>
      (state.current = pointed(state.current, { x, y }, Date.now() * 1_000));
    window.addEventListener("pointermove", move, true);
    window.addEventListener("pointerdown", pointer, true);
    return () => {
      window.clearInterval(timer);
      window.removeEventListener("keydown", key, true);
      window.removeEventListener("pointermove", move, true);
      window.removeEventListener("pointerdown", pointer, true);
    };
  }, [state]);
}
