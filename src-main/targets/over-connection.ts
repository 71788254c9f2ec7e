/** A node that is read over a connection, live: what every way in but a file ends in. */
import { assembleSliced } from "../../src-shared/assemble/assemble.ts";
import { Memory } from "../../src-shared/assemble/memory.ts";
import { openLive } from "../probe/index.ts";
import { withSudo } from "../ssh/sudo.ts";
import { timed, traced } from "../transport/traced.ts";
import type { Connection, Interaction } from "../transport/transport.ts";
import type { OpenSource } from "./source.ts";
import type { SourceOptions } from "./way.ts";

/** Lets the window and the other nodes have the thread. */
const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** With `sudo` the person is asked for its password where it wants one. Closes the connection where it throws. */
export async function overConnection(
  plain: Connection,
  { sudo = false, trace }: Pick<SourceOptions, "sudo" | "trace">,
  interaction: Interaction,
): Promise<OpenSource> {
  const seen = trace === undefined ? plain : traced(plain, trace);
  const connection = sudo ? withSudo(seen, interaction) : seen;
  const { label } = connection;
  const live = await openLive(connection, { privilege: sudo ? "sudo" : "plain" }).catch((error: unknown) => {
    connection.close();
    throw error;
  });
  // A server that allows one command at a time (MaxSessions 1): others get their turn between two ticks.
  connection.onCrowded?.(() => live.rest());
  let ended = false;
  const memory = new Memory();
  return {
    connection,
    sudo,
    closed: connection.closed,
    async read(request) {
      const what = `a ${request.deep ? "deep" : "quick"} reading`;
      const reading = await timed({ node: label, what }, trace, () => live.tick(request));
      return timed({ node: label, what: "assembling it" }, trace, () =>
        assembleSliced(reading, yieldToEventLoop, memory),
      );
    },
    rest() {
      live.rest();
      memory.clear();
    },
    close() {
      if (ended) return;
      ended = true;
      live.close();
      connection.close();
    },
  };
}
