import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env.IPAAS_DEV_API ?? "http://127.0.0.1:8000";
const proxied = ["/api", "/sandbox", "/hooks", "/healthz", "/readyz"];

export default defineConfig({
  base: "/static/app/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: { outDir: "dist", manifest: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: {
      ...Object.fromEntries(proxied.map((path) => [path, { target: api }])),
      "/ws": { target: api, ws: true },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./tests/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"],
    css: false,
    testTimeout: 90_000,
  },
});
