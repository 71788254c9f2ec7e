/** Lines out of a byte stream, one at a time, each at most 1 MiB long: the demo node's `read -r`. */
import type { Readable } from "node:stream";

const LONGEST = 1024 * 1024;

export function lineReader(stream: Readable): () => Promise<string | undefined> {
  const lines = split(stream);
  return async () => {
    const next = await lines.next();
    return next.done ? undefined : next.value;
  };
}

async function* split(stream: Readable): AsyncGenerator<string, void> {
  let rest = "";
  // The same stream carries the answer: its reading end must not close it.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    rest += (chunk as Buffer).toString("latin1");
    let from = 0;
    for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n", from)) {
      yield Buffer.from(rest.slice(from, end), "latin1").toString("utf8");
      from = end + 1;
    }
    rest = rest.slice(from);
    if (rest.length > LONGEST) throw new RangeError("a line on the demo node's stdin is longer than 1 MiB");
  }
  if (rest !== "") yield Buffer.from(rest, "latin1").toString("utf8");
}
