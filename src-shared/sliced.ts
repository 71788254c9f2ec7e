/** Long work in steps: at once where nobody waits, or with the thread given away in between. */

/** Longest stretch of work before others may have the thread: a frame at 60 a second has 16 ms. */
const STRETCH_MS = 12;

export function runSync<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** @param yieldToEventLoop gives the thread away and comes back: setImmediate in Node, a task of its own in a window */
export async function runSliced<T>(steps: Generator<undefined, T>, yieldToEventLoop: () => Promise<void>): Promise<T> {
  for (let began = Date.now(); ; ) {
    const step = steps.next();
    if (step.done) return step.value;
    if (Date.now() - began < STRETCH_MS) continue;
    await yieldToEventLoop();
    began = Date.now();
  }
}
