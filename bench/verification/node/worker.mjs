// One of several threads: prepares for itself, as workers share nothing, and runs what it is told.
import { parentPort, workerData } from "node:worker_threads";
import { run } from "./rounds.mjs";
import { prepare } from "./sides.mjs";

const sides = await prepare(workerData);
parentPort.on("message", async ({ name, count, repeats }) => {
  await run(sides[name], count, repeats);
  parentPort.postMessage("done");
});
parentPort.postMessage("ready");
