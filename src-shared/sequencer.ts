/** One after the other, in the order of the calls; what fails holds up nothing behind it. */
export class Sequencer {
  #last: Promise<unknown> = Promise.resolve();

  /** Throws what `work` throws. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
