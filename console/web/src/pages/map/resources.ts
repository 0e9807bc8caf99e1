/** What a fire can be fought with, on the map: stations, water, engines and boats. Pure. */

/** The kinds of marks; engines and boats without a position of their own stand at their unit's mark. */
export const RESOURCE_KINDS = ["unit", "hydrant", "water", "engine", "boat"] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

export type ResourceRow = Readonly<Record<string, unknown>>;

export interface Resource {
  key: string;
  kind: ResourceKind;
  /** The kind as the registry has it, and the family of its names in the catalogues. */
  named: readonly [family: "unit" | "water" | "means", member: string];
  name: string;
  usable: boolean;
  /** Names of the engines and boats that are ready here; of a unit alone. */
  ready: readonly string[];
  lon: number;
  lat: number;
}

interface Tables {
  units: readonly ResourceRow[];
  water: readonly ResourceRow[];
  means: readonly ResourceRow[];
}

/** The marks of *tables*: rows without a position have none. */
export function resourcesOf({ units, water, means }: Tables): Resource[] {
  const ready = readyByUnit(means);
  return [
    ...units.flatMap((row) => placed(row, { kind: "unit", family: "unit", usable: true }, ready)),
    ...water.flatMap((row) =>
      placed(row, {
        kind: row.kind === "hydrant" ? "hydrant" : "water",
        family: "water",
        usable: row.usable !== false,
      }),
    ),
    ...means.flatMap((row) =>
      placed(row, {
        kind: row.kind === "boat" ? "boat" : "engine",
        family: "means",
        usable: isReady(row),
      }),
    ),
  ];
}

interface Sort {
  kind: ResourceKind;
  family: "unit" | "water" | "means";
  usable: boolean;
}

function placed(row: ResourceRow, sort: Sort, ready?: ReadonlyMap<string, string[]>): Resource[] {
  if (typeof row.lon !== "number" || typeof row.lat !== "number") return [];
  const id = text(row.id);
  return [
    {
      key: `${sort.family}/${id}`,
      kind: sort.kind,
      named: [sort.family, text(row.kind)],
      name: text(row.name) || id,
      usable: sort.usable,
      ready: ready?.get(id) ?? [],
      lon: row.lon,
      lat: row.lat,
    },
  ];
}

function readyByUnit(means: readonly ResourceRow[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const row of means.filter(isReady)) {
    const unit = text(row.unit);
    found.set(unit, [...(found.get(unit) ?? []), text(row.name)]);
  }
  return found;
}

const isReady = (row: ResourceRow): boolean => (row.state ?? "ready") === "ready";
const text = (value: unknown): string => (typeof value === "string" ? value : "");
