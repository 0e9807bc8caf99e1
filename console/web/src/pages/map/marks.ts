/** The marks of the map, drawn here: no picture and no font is fetched, and no state is told by colour alone. */
import type { ResourceKind } from "./data";
import { PLACE_STATES, stateOfRank, type PlaceState } from "./places";

/** Device pixels for each of the page, so that marks are sharp. */
export const RATIO = 2;

const SIGNS: Record<PlaceState, string> = {
  fire: "▲",
  suspected: "△",
  fault: "!",
  supervisory: "◇",
  override: "‖",
  calm: "",
};
const RESOURCES: Record<ResourceKind, string> = { units: "S", water: "W", means: "E" };

/** The colours of the page as it is now: dark or light. */
export function colours(): Record<"ground" | "text" | "quiet" | "line" | "fire" | "raised", string> {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ground: of("ground"),
    text: of("text"),
    quiet: of("quiet"),
    line: of("line"),
    fire: of("fire"),
    raised: of("raised"),
  };
}

/** A mark by its *name*: `place-RANK`, `cluster-RANK-COUNT`, `resource-KIND`, `name-TEXT`; null for others. */
export function markOf(name: string): ImageData | null {
  const [family = "", ...rest] = name.split("-");
  if (family === "place") return placeMark(stateOfRank(Number(rest[0])), "");
  if (family === "cluster") return placeMark(stateOfRank(Number(rest[0])), rest[1] ?? "");
  if (family === "resource") return resourceMark(RESOURCES[rest[0] as ResourceKind]);
  return family === "name" ? nameMark(rest.join("-")) : null;
}

function placeMark(state: PlaceState, count: string): ImageData {
  const { fire, raised, text, quiet } = colours();
  const burns = state === "fire" || state === "suspected";
  const size = count === "" ? (state === "calm" ? 12 : 24) : 36;
  const pen = canvas(size, size);
  pen.beginPath();
  pen.arc(size / 2, size / 2, size / 2 - 2, 0, 2 * Math.PI);
  pen.fillStyle = state === "fire" ? fire : raised;
  pen.fill();
  pen.lineWidth = state === "calm" ? 1.5 : 2 + PLACE_STATES.length / 4;
  pen.strokeStyle = burns ? fire : state === "calm" ? quiet : text;
  pen.stroke();
  pen.fillStyle = state === "fire" ? raised : burns ? fire : text;
  write(pen, count === "" ? SIGNS[state] : `${SIGNS[state]}${count}`, size, count === "" ? 13 : 12);
  return read(pen);
}

function resourceMark(sign: string): ImageData {
  const { raised, text } = colours();
  const pen = canvas(18, 18);
  pen.fillStyle = raised;
  pen.fillRect(1, 1, 16, 16);
  pen.strokeStyle = text;
  pen.strokeRect(1, 1, 16, 16);
  pen.fillStyle = text;
  write(pen, sign, 18, 11);
  return read(pen);
}

function nameMark(name: string): ImageData {
  const measure = canvas(1, 1);
  measure.font = "12px system-ui, sans-serif";
  const width = Math.min(220, Math.ceil(measure.measureText(name).width) + 6);
  const pen = canvas(width, 18);
  const { ground, quiet } = colours();
  pen.font = measure.font;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineWidth = 3;
  pen.strokeStyle = ground;
  pen.strokeText(name, width / 2, 9, 214);
  pen.fillStyle = quiet;
  pen.fillText(name, width / 2, 9, 214);
  return read(pen);
}

function canvas(width: number, height: number): CanvasRenderingContext2D {
  const element = document.createElement("canvas");
  element.width = width * RATIO;
  element.height = height * RATIO;
  const pen = element.getContext("2d");
  if (pen === null) throw new Error("this browser cannot draw");
  pen.scale(RATIO, RATIO);
  return pen;
}

function write(pen: CanvasRenderingContext2D, text: string, size: number, height: number): void {
  pen.font = `700 ${height}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, size / 2, size / 2 + 0.5, size - 6);
}

const read = (pen: CanvasRenderingContext2D): ImageData =>
  pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height);
