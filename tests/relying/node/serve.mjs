// Pages of a small program: each returns where the browser goes next, or what it is told.
import { createServer } from "node:http";

export function serve(port, pages) {
  createServer(async (request, response) => {
    const url = new URL(request.url, `http://127.0.0.1:${port}`);
    try {
      const { location, ...told } = await pages[url.pathname](url);
      response.writeHead(location ? 303 : 200, location ? { location } : { "content-type": "application/json" });
      response.end(JSON.stringify(told));
    } catch (error) {
      response.writeHead(500, { "content-type": "text/plain" });
      response.end(`${error.stack}\n${JSON.stringify(error.cause ?? null)}`);
    }
  }).listen(Number(port), "127.0.0.1");
}
