/** The map itself: MapLibre on what the center serves. Loaded only where the map is opened. */
import { Map as Chart, NavigationControl, setWorkerUrl, type GeoJSONSource } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
// A worker of a file of the center's own: the Content-Security-Policy refuses all others.
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

import type { Schemas } from "../../api/client";
import { addBackground } from "./background";
import type { Resource } from "./data";
import { colours, markOf, RATIO } from "./marks";
import type { featuresOf, Features } from "./places";

setWorkerUrl(workerUrl);

const NO_FEATURES = { type: "FeatureCollection" as const, features: [] };

export interface ChartOptions {
  container: HTMLElement;
  box: [number, number, number, number];
  settings: Schemas["MapSettings"];
  areas: Features;
  onPlace: (id: string) => void;
}

/** A map that is drawn and waits for premises; *ready* once it can take them. */
export class PremisesMap {
  readonly ready: Promise<void>;
  private readonly chart: Chart;

  constructor({ container, box, settings, areas, onPlace }: ChartOptions) {
    this.chart = new Chart({
      container,
      bounds: box,
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
      const mark = markOf(id);
      if (mark !== null) this.chart.addImage(id, mark, { pixelRatio: RATIO });
    });
    this.ready = new Promise((resolve) => {
      this.chart.once("load", () => {
        void addBackground(this.chart, settings).then(() => {
          this.addAreas(areas);
          this.addResources();
          this.addPremises(onPlace);
          resolve();
        });
      });
    });
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
        properties: { kind: each.kind },
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
      source: "areas",
      layout: { "icon-image": ["concat", "name-", ["get", "name"]], "icon-offset": [0, 14] },
    });
  }

  private addResources(): void {
    this.chart.addSource("resources", { type: "geojson", data: NO_FEATURES });
    this.chart.addLayer({
      id: "resources",
      type: "symbol",
      source: "resources",
      minzoom: 10,
      layout: { "icon-image": ["concat", "resource-", ["get", "kind"]], "icon-allow-overlap": true },
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
      else this.chart.easeTo({ center: lngLat, zoom: this.chart.getZoom() + 2 });
    });
  }
}
