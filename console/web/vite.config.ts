/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

// The service console serves what is built here; while a page is written, the development server stands before it.
const CONSOLE = process.env.TOCSIN_CONSOLE_URL ?? "http://127.0.0.1:8090";

/** Bytes beyond which a file is compressed less: the map, which no telephone loads, would take seconds. */
const LARGE = 600_000;

/** Compresses each file once: telephones load them over bad networks. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle({ dir = "" }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf-8" })) {
        const file = join(dir, name);
        if (!/\.(js|mjs|css|html|json|svg|webmanifest)$/u.test(name) || statSync(file).size < 1_024)
          continue;
        const quality = statSync(file).size > LARGE ? 5 : constants.BROTLI_MAX_QUALITY;
        const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
        writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), { params }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), compressed()],
  worker: { format: "es" },
  build: {
    outDir: "../static",
    emptyOutDir: true,
    // Every request stays with the center: nothing is inlined that the Content-Security-Policy would refuse.
    assetsInlineLimit: 0,
    // Names the files of each page: a test adds up what a telephone loads.
    manifest: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { "/api": CONSOLE, "/live": CONSOLE, "/map": CONSOLE } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
