// One measure: every item of a side, so many times over.

export async function run({ call, items }, count, repeats) {
  const chosen = items.slice(0, count);
  const asynchronous = call.constructor.name === "AsyncFunction";
  for (let turn = 0; turn < repeats; turn++) {
    if (asynchronous) for (const item of chosen) await call(item);
    else for (const item of chosen) call(item);
  }
}
