/** Tones that are no fire's: each once, not soon after another, and never while a fire sounds. */
import type { TroubleTone } from "./troubles";

/** Milliseconds between two tones: many faults in a moment are one. */
export const APART = 15_000;

export class CalmTones {
  private due: TroubleTone | null = null;
  private silenced = false;
  private playedAt = -APART;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly play: (tone: TroubleTone) => void) {}

  /** Has *tone* sound as soon as it may. */
  ring(tone: TroubleTone): void {
    this.due = this.due === "fault" ? "fault" : tone;
    this.plan();
  }

  /** Holds tones back while a fire sounds; they come after it. */
  silence(silenced: boolean): void {
    this.silenced = silenced;
    this.plan();
  }

  private plan(): void {
    clearTimeout(this.timer);
    if (this.due === null || this.silenced) return;
    const wait = Math.max(0, this.playedAt + APART - performance.now());
    this.timer = setTimeout(() => this.sound(), wait);
  }

  private sound(): void {
    const { due } = this;
    this.due = null;
    this.playedAt = performance.now();
    if (due !== null) this.play(due);
  }
}
