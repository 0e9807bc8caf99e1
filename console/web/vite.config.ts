/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The service console serves what is built here; while a page is written, the development server stands before it.
const CONSOLE = process.env.TOCSIN_CONSOLE_URL ?? "http://127.0.0.1:8090";

export default defineConfig({
  plugins: [react()],
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
