/** The story server on a port of its own, for working on the app without the product's server: `npm run fake`. */
import { createServer } from "node:http";
import { createStoryServer } from "./answer.mjs";

const port = Number(process.env.PORT ?? 8010);
const server = createStoryServer();

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const isJson = (request.headers["content-type"] ?? "").includes("json");
  const result = server.answer(request.method, request.url, isJson && text ? JSON.parse(text) : text);
  response.writeHead(result.status, { "content-type": result.type ?? "application/json" });
  response.end(result.body === undefined ? "" : result.type ? result.body : JSON.stringify(result.body));
}).listen(port, "127.0.0.1", () => console.log(`story server on http://127.0.0.1:${port}`));
