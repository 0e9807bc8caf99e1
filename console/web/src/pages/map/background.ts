/** The background of the map, where the operator has one: an archive of tiles, or a server of them. */
import { addProtocol, type Map as Chart } from "maplibre-gl";
import { PMTiles, Protocol, TileType } from "pmtiles";

import type { Schemas } from "../../api/client";
import { colours } from "./marks";

/** The lowest layer of the map itself: the background lies beneath it. */
const ABOVE = "outlines";

let protocol: Protocol | null = null;

/** Draws the background of *settings* below all else; raises where its archive cannot be read. */
export async function addBackground(chart: Chart, settings: Schemas["MapSettings"]): Promise<void> {
  if (settings.url === null) return;
  const url = new URL(settings.url, window.location.origin).href
    .replaceAll("%7B", "{")
    .replaceAll("%7D", "}");
  if (settings.tiles === "server") addRaster(chart, { tiles: [url] });
  if (settings.tiles === "pmtiles") await addArchive(chart, url);
}

function addRaster(chart: Chart, source: { tiles: string[] } | { url: string }): void {
  chart.addSource("background", { type: "raster", tileSize: 256, ...source });
  chart.addLayer({ id: "background", type: "raster", source: "background" }, ABOVE);
}

async function addArchive(chart: Chart, url: string): Promise<void> {
  const archive = new PMTiles(url);
  protocol ??= started();
  protocol.add(archive);
  const header = await archive.getHeader();
  if (header.tileType !== TileType.Mvt) {
    addRaster(chart, { url: `pmtiles://${url}` });
    return;
  }
  const metadata = (await archive.getMetadata()) as { vector_layers?: { id: string }[] };
  chart.addSource("background", { type: "vector", url: `pmtiles://${url}` });
  for (const { id } of metadata.vector_layers ?? [])
    chart.addLayer(
      {
        id: `background-${id}`,
        type: "line",
        source: "background",
        "source-layer": id,
        paint: { "line-color": colours().line, "line-width": 0.8 },
      },
      ABOVE,
    );
}

function started(): Protocol {
  const found = new Protocol();
  addProtocol("pmtiles", found.tile);
  return found;
}
