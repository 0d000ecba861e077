/** The story server on a port of its own: answers the API from the story and serves the built app. `npm run fake`. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { createStoryServer } from "./answer.mjs";

const port = Number(process.env.PORT ?? 8010);
const dist = new URL("../dist/", import.meta.url);
const types = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html" };
const server = createStoryServer();

async function asset(path) {
  const name = path.startsWith("/static/app/") ? path.slice("/static/app/".length) : "index.html";
  return {
    type: types[extname(name)] ?? "application/octet-stream",
    body: await readFile(new URL(name, dist)),
  };
}

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const path = request.url.split("?")[0];
  if (!path.startsWith("/api/")) {
    const found = await asset(path).catch(() => null);
    response.writeHead(found ? 200 : 404, { "content-type": found?.type ?? "text/plain" });
    return response.end(found?.body ?? "not found");
  }
  const text = Buffer.concat(chunks).toString();
  const isJson = (request.headers["content-type"] ?? "").includes("json");
  const result = server.answer(request.method, request.url, isJson && text ? JSON.parse(text) : text);
  response.writeHead(result.status, { "content-type": result.type ?? "application/json" });
  response.end(result.body === undefined ? "" : result.type ? result.body : JSON.stringify(result.body));
}).listen(port, "127.0.0.1", () => console.log(`story server on http://127.0.0.1:${port}`));
