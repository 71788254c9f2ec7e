/** Runs a bench that makes things on this machine: what `undo` is given is done in every ending, the last first. */
export async function tidied<T>(work: (undo: (() => unknown)[]) => Promise<T>): Promise<T> {
  const undo: (() => unknown)[] = [];
  const tidy = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  const interrupted = () => void tidy().then(() => process.exit(130));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    return await work(undo);
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    await tidy();
  }
}
