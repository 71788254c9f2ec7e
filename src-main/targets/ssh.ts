/** `[user@]host[:port]`, `ssh://…`, an alias of ssh_config: the built-in client. It takes whatever no other way takes. */
import { connectSsh } from "../ssh/connect.ts";
import { overConnection } from "./over-connection.ts";
import type { Way } from "./way.ts";

export const ssh: Way = (target, options) => ({
  target,
  label: target.replace(/^ssh:\/\//, ""),
  kind: "ssh",
  live: true,
  async open(interaction, signal) {
    const connection = await connectSsh(target, options, interaction, signal);
    return overConnection(connection, options, interaction);
  },
});
