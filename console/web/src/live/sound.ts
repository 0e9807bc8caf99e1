/** Tones of the desk, made here: nothing is fetched, and each class of signal sounds different. */

/** A tone: pairs of hertz and seconds; hertz of 0 is a pause. */
type Tone = readonly (readonly [hertz: number, seconds: number])[];

/** Modelled on the falling sweep of evacuation signals for fire; short and low for all else. */
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

/** Plays a tone; returns whether this browser lets the page sound at all: before a first key or click it does not. */
export function play(name: ToneName): boolean {
  context ??= new AudioContext();
  void context.resume();
  let at = context.currentTime;
  for (const [hertz, seconds] of TONES[name]) {
    if (hertz > 0) beep(context, { hertz, at, seconds });
    at += seconds;
  }
  return context.state === "running";
}

export const soundBlind = (): boolean => play("blind");

function beep(
  audio: AudioContext,
  { hertz, at, seconds }: { hertz: number; at: number; seconds: number },
): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = "square";
  oscillator.frequency.value = hertz;
  gain.gain.value = 0.2;
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}
