/** The map itself: MapLibre on what the center serves. Loaded only where the map is opened. */
import {
  Map as Chart,
  NavigationControl,
  setWorkerUrl,
  type GeoJSONSource,
  type LngLat,
} from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
// A worker of a file of the center's own: the Content-Security-Policy refuses all others.
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

import type { Schemas } from "../../api/client";
import { addBackground } from "./background";
import { colours, markOf, RATIO, resourceMarkName, type Signs } from "./marks";
import { namePoints, type featuresOf, type Features } from "./places";
import type { Resource } from "./resources";

setWorkerUrl(workerUrl);

const NO_FEATURES = { type: "FeatureCollection" as const, features: [] };

export interface ChartOptions {
  container: HTMLElement;
  box: [number, number, number, number];
  settings: Schemas["MapSettings"];
  areas: Features;
  signs: Signs;
  /** The texts of MapLibre's own buttons, by its names for them. */
  locale: Record<string, string>;
  onPlace: (id: string) => void;
  onResource: (key: string) => void;
  /** A part of the background did not come: premises are drawn all the same. */
  onBackgroundLost: () => void;
}

/** A map that is drawn and waits for premises; *ready* once it can take them. */
export class PremisesMap {
  readonly ready: Promise<void>;
  private readonly chart: Chart;

  constructor(options: ChartOptions) {
    const { container, box, settings, signs, locale } = options;
    this.chart = new Chart({
      container,
      // Without a graphics card each picture of a fading mark costs as much as the map: marks come at once.
      fadeDuration: 0,
      bounds: box,
      locale,
      fitBoundsOptions: { padding: 60, maxZoom: 15 },
      attributionControl:
        settings.attribution === "" ? false : { customAttribution: settings.attribution },
      style: {
        version: 8,
        sources: {},
        layers: [{ id: "ground", type: "background", paint: { "background-color": colours().ground } }],
      },
    });
    this.chart.addControl(new NavigationControl({ showCompass: false }));
    this.chart.setMissingStyleImageResolver((id) => {
      const mark = markOf(id, signs);
      if (mark !== null) this.chart.addImage(id, mark, { pixelRatio: RATIO });
    });
    // Without a listener MapLibre writes each tile that does not come into the console.
    this.chart.on("error", options.onBackgroundLost);
    this.chart.on("movestart", () => container.setAttribute("aria-busy", "true"));
    this.chart.on("idle", () => container.setAttribute("aria-busy", "false"));
    this.ready = this.loaded(options);
  }

  private async loaded(options: ChartOptions): Promise<void> {
    await new Promise((resolve) => this.chart.once("load", resolve));
    this.addAreas(options.areas);
    this.addResources(options.onResource);
    this.addPremises(options.onPlace);
    // Premises never wait for the background, which may be away.
    void addBackground(this.chart, options.settings).catch(options.onBackgroundLost);
  }

  showPremises(features: ReturnType<typeof featuresOf>): void {
    void this.source("premises")?.setData(features);
  }

  showResources(resources: readonly Resource[]): void {
    void this.source("resources")?.setData({
      type: "FeatureCollection",
      features: resources.map((each) => ({
        type: "Feature",
        geometry: { type: "Point", coordinates: [each.lon, each.lat] },
        properties: { key: each.key, mark: resourceMarkName(each) },
      })),
    });
  }

  /** Moves to a place; without a flight where the person wants none (prefers-reduced-motion). */
  jump(lon: number, lat: number): void {
    this.chart.flyTo({ center: [lon, lat], zoom: 15 });
  }

  remove(): void {
    this.chart.remove();
  }

  private source(id: string): GeoJSONSource | undefined {
    return this.chart.getSource<GeoJSONSource>(id);
  }

  private addAreas(areas: Features): void {
    const { line, quiet } = colours();
    this.chart.addSource("areas", { type: "geojson", data: areas });
    // An outline is cut into tiles, each of which would have the name once.
    this.chart.addSource("names", { type: "geojson", data: namePoints(areas) });
    this.chart.addLayer({
      id: "outlines",
      type: "line",
      source: "areas",
      filter: ["!=", ["geometry-type"], "Point"],
      paint: { "line-color": quiet, "line-width": 1.5 },
    });
    this.chart.addLayer({
      id: "centres",
      type: "circle",
      source: "areas",
      filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-color": line, "circle-radius": 3 },
    });
    this.chart.addLayer({
      id: "names",
      type: "symbol",
      source: "names",
      layout: { "icon-image": ["concat", "name-", ["get", "name"]], "icon-offset": [0, 14] },
    });
  }

  private addResources(onResource: (key: string) => void): void {
    this.chart.addSource("resources", { type: "geojson", data: NO_FEATURES });
    this.chart.addLayer({
      id: "resources",
      type: "symbol",
      source: "resources",
      minzoom: 10,
      layout: { "icon-image": ["get", "mark"], "icon-allow-overlap": true },
    });
    this.chart.on("click", "resources", ({ features }) => {
      const found = features?.[0]?.properties;
      if (found !== undefined) onResource(String(found.key));
    });
  }

  private addPremises(onPlace: (id: string) => void): void {
    this.chart.addSource("premises", {
      type: "geojson",
      data: NO_FEATURES,
      cluster: true,
      clusterRadius: 45,
      clusterMaxZoom: 14,
      // A cluster is as bad as its worst premises: a fire is never hidden within one.
      clusterProperties: { rank: ["max", ["get", "rank"]] },
    });
    const cluster = ["concat", "cluster-", ["get", "rank"], "-", ["get", "point_count_abbreviated"]];
    const place = ["concat", "place-", ["get", "rank"]];
    this.chart.addLayer({
      id: "premises",
      type: "symbol",
      source: "premises",
      layout: {
        "icon-image": ["case", ["has", "point_count"], cluster, place] as unknown as string,
        "icon-allow-overlap": true,
        "symbol-sort-key": ["get", "rank"],
      },
    });
    this.chart.on("click", "premises", ({ features, lngLat }) => {
      const found = features?.[0]?.properties;
      if (found === undefined) return;
      if (found.point_count === undefined) onPlace(String(found.id));
      else void this.open(Number(found.cluster_id), lngLat);
    });
    for (const layer of ["premises", "resources"]) {
      this.chart.on("mouseenter", layer, () => this.point("pointer"));
      this.chart.on("mouseleave", layer, () => this.point(""));
    }
  }

  /** Zooms to where the premises of a cluster come apart. */
  private async open(cluster: number, center: LngLat): Promise<void> {
    const zoom = await this.source("premises")?.getClusterExpansionZoom(cluster);
    this.chart.easeTo({ center, zoom: zoom ?? this.chart.getZoom() + 2 });
  }

  private point(cursor: string): void {
    this.chart.getCanvas().style.cursor = cursor;
  }
}
