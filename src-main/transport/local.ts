/** This machine as a node: commands run in a plain sh, with the rights of whoever runs Podglass. Linux only. */
import { hostname } from "node:os";
import { ownUser } from "./own-user.ts";
import { spawnChannel } from "./spawned.ts";
import { type Channel, type Connection, ConnectionError } from "./transport.ts";

/** Throws ConnectionError "unreachable" where this machine is no Linux. */
export function localConnection(): Connection {
  if (process.platform !== "linux") {
    throw new ConnectionError(
      "unreachable",
      `this machine runs ${process.platform}; only a Linux node has pods to show`,
    );
  }
  const channels = new Set<Channel>();
  let settle: (reason: null) => void = () => {};
  let ended = false;
  const closed = new Promise<null>((resolve) => {
    settle = resolve;
  });
  return {
    label: hostname(),
    user: ownUser(),
    closed,
    exec: async (command) => {
      if (ended) throw new ConnectionError("lost", "the connection to this machine was closed");
      const channel = spawnChannel(["/bin/sh", "-c", command]);
      channels.add(channel);
      void channel.exit.then(() => channels.delete(channel));
      return channel;
    },
    attached: (script, args, sudo) => [...(sudo ? ["sudo"] : []), "/bin/sh", "-c", script, "podglass", ...args],
    close: () => {
      ended = true;
      for (const channel of channels) channel.kill();
      settle(null);
    },
  };
}
