/** Tones of the desk, made here: nothing is fetched, and each class of signal sounds different. */
import { useSyncExternalStore } from "react";

/** A tone: pairs of hertz and seconds; hertz of 0 is a pause. */
type Tone = readonly (readonly [hertz: number, seconds: number])[];

/**
 * Modelled on the falling sweep of evacuation signals for fire. What is no fire is short and low: one note for a
 * fault, two that rise for a supervisory signal.
 */
export const TONES = {
  fire: [
    [1_200, 0.25],
    [900, 0.25],
    [600, 0.25],
    [1_200, 0.25],
    [900, 0.25],
    [600, 0.25],
  ],
  suspected: [
    [880, 0.15],
    [0, 0.1],
    [880, 0.15],
  ],
  fault: [[440, 0.3]],
  supervisory: [
    [392, 0.2],
    [0, 0.05],
    [523, 0.2],
  ],
  blind: [
    [330, 0.4],
    [0, 0.2],
    [330, 0.4],
    [0, 0.2],
    [330, 0.4],
  ],
} satisfies Record<string, Tone>;

export type ToneName = keyof typeof TONES;

let context: AudioContext | null = null;
const listeners = new Set<() => void>();

function audio(): AudioContext {
  if (context === null) {
    context = new AudioContext();
    context.addEventListener("statechange", () => listeners.forEach((each) => each()));
  }
  return context;
}

/** Plays a tone; returns whether this browser lets the page sound at all: before a first key or click it does not. */
export function play(name: ToneName): boolean {
  const playing = audio();
  void playing.resume();
  // What a silent browser held back would all sound at once later.
  if (playing.state !== "running") return false;
  let at = playing.currentTime;
  for (const [hertz, seconds] of TONES[name]) {
    if (hertz > 0) beep(playing, { hertz, at, seconds });
    at += seconds;
  }
  return true;
}

/** Lets the page sound, if the browser permits: within a key or a click it does. */
export function letSound(): void {
  void audio().resume();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the browser lets the page sound. */
export const useCanSound = (): boolean =>
  useSyncExternalStore(subscribe, () => audio().state === "running");

export const soundBlind = (): boolean => play("blind");

function beep(
  playing: AudioContext,
  { hertz, at, seconds }: { hertz: number; at: number; seconds: number },
): void {
  const oscillator = playing.createOscillator();
  const gain = playing.createGain();
  oscillator.type = "square";
  oscillator.frequency.value = hertz;
  gain.gain.value = 0.2;
  oscillator.connect(gain).connect(playing.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}
