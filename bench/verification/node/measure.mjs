// Answers one JSON line for each JSON line it reads, so that its rounds take turns with those of Python:
// {"prepare": material} -> claims of the first token and accepted faults, by side;
// {"measure": name, "count", "repeats", "threads"} -> microseconds of a call.
// With one thread they are CPU time of the process, with several wall-clock time of all their calls together.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { run } from "./rounds.mjs";
import { accepted, prepare } from "./sides.mjs";

let sides = {};
let workers = [];

async function prepareLane({ faulty, threads, ...material }) {
  await Promise.all(workers.map((worker) => worker.terminate()));
  sides = await prepare(material);
  workers = Array.from({ length: threads }, () => new Worker(new URL("worker.mjs", import.meta.url), { workerData: material }));
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const seen = {};
  for (const [name, { call, items }] of Object.entries(sides)) {
    if (name === "raw") continue;
    seen[name] = { claims: await call(items[0]), accepted: await accepted(call, faulty) };
  }
  return { node: process.version, openssl: process.versions.openssl, sides: seen };
}

async function measure({ measure: name, count, repeats, threads }) {
  if (threads === 1) {
    const before = process.cpuUsage();
    await run(sides[name], count, repeats);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (count * repeats);
  }
  const done = workers.map((worker) => once(worker, "message"));
  const begun = process.hrtime.bigint();
  for (const worker of workers) worker.postMessage({ name, count, repeats });
  await Promise.all(done);
  return Number(process.hrtime.bigint() - begun) / 1000 / (workers.length * count * repeats);
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  const answer = order.prepare ? await prepareLane(order.prepare) : await measure(order);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit();
