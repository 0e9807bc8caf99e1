/** The marks of the map, drawn here: no picture and no font is fetched, and no state is told by colour alone. */
import { PLACE_STATES, stateOfRank, type PlaceState } from "./places";
import type { Resource, ResourceKind } from "./resources";

/** Device pixels for each of the page, so that marks are sharp. */
export const RATIO = 2;

/** The letter of each kind of resource in the reader's language. */
export type Signs = Readonly<Record<ResourceKind, string>>;

const STATE_SIGNS: Record<PlaceState, string> = {
  fire: "▲",
  suspected: "△",
  fault: "!",
  supervisory: "◇",
  override: "‖",
  calm: "",
};

/** The colours of the page as it is now: dark or light. */
export function colours(): Record<
  "ground" | "text" | "quiet" | "line" | "fire" | "raised" | "first" | "onFire",
  string
> {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ground: of("ground"),
    text: of("text"),
    quiet: of("quiet"),
    line: of("line"),
    fire: of("fire"),
    raised: of("raised"),
    first: of("first"),
    onFire: of("on-fire"),
  };
}

/** The name of the mark of *resource*, as `markOf` reads it. */
export const resourceMarkName = (resource: Pick<Resource, "kind" | "usable">): string =>
  `resource-${resource.kind}-${resource.usable ? "usable" : "out"}`;

/** A mark by its *name*: `place-RANK`, `cluster-RANK-COUNT`, `resource-KIND-USABLE`, `name-TEXT`; null for others. */
export function markOf(name: string, signs: Signs): ImageData | null {
  const [family = "", ...rest] = name.split("-");
  if (family === "place") return placeMark(stateOfRank(Number(rest[0])), "");
  if (family === "cluster") return placeMark(stateOfRank(Number(rest[0])), rest[1] ?? "");
  if (family === "resource") return resourceMark(rest[0] as ResourceKind, signs, rest[1] === "usable");
  return family === "name" ? nameMark(rest.join("-")) : null;
}

/** The mark of *name* as a picture for the page itself: the legend shows what the map draws. */
export function pictureOf(name: string, signs: Signs): string {
  const mark = markOf(name, signs);
  if (mark === null) return "";
  const element = document.createElement("canvas");
  element.width = mark.width;
  element.height = mark.height;
  element.getContext("2d")?.putImageData(mark, 0, 0);
  return element.toDataURL();
}

function placeMark(state: PlaceState, count: string): ImageData {
  const { fire, onFire, raised, text, quiet } = colours();
  const burns = state === "fire" || state === "suspected";
  const size = count === "" ? (state === "calm" ? 14 : 28) : 40;
  const pen = canvas(size, size);
  pen.beginPath();
  pen.arc(size / 2, size / 2, size / 2 - 2, 0, 2 * Math.PI);
  pen.fillStyle = state === "fire" ? fire : raised;
  pen.fill();
  pen.lineWidth = state === "calm" ? 1.5 : 2 + PLACE_STATES.length / 4;
  pen.strokeStyle = burns ? fire : state === "calm" ? quiet : text;
  pen.stroke();
  pen.fillStyle = state === "fire" ? onFire : burns ? fire : text;
  write(pen, count === "" ? STATE_SIGNS[state] : `${STATE_SIGNS[state]}${count}`, size, 13);
  return read(pen);
}

const SIZE = 20;

/** A station is a square, water a circle, a vehicle a diamond; what cannot be used is crossed out. */
function resourceMark(kind: ResourceKind, signs: Signs, usable: boolean): ImageData {
  const { raised, first, quiet } = colours();
  const pen = canvas(SIZE, SIZE);
  const colour = usable ? first : quiet;
  pen.beginPath();
  outline(pen, kind);
  pen.fillStyle = raised;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = colour;
  pen.stroke();
  pen.fillStyle = colour;
  write(pen, signs[kind], SIZE, 11);
  if (!usable) {
    pen.beginPath();
    pen.moveTo(2, SIZE - 2);
    pen.lineTo(SIZE - 2, 2);
    pen.stroke();
  }
  return read(pen);
}

function outline(pen: CanvasRenderingContext2D, kind: ResourceKind): void {
  const half = SIZE / 2;
  if (kind === "unit") pen.rect(2, 2, SIZE - 4, SIZE - 4);
  else if (kind === "hydrant" || kind === "water") pen.arc(half, half, half - 2, 0, 2 * Math.PI);
  else {
    pen.moveTo(half, 1);
    pen.lineTo(SIZE - 1, half);
    pen.lineTo(half, SIZE - 1);
    pen.lineTo(1, half);
    pen.closePath();
  }
}

function nameMark(name: string): ImageData {
  const measure = canvas(1, 1);
  measure.font = "13px system-ui, sans-serif";
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
