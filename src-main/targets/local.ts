/** `local`: this machine, where it is Linux. */
import { hostname } from "node:os";
import { localConnection } from "../transport/local.ts";
import { ConnectionError } from "../transport/transport.ts";
import { overConnection } from "./over-connection.ts";
import type { Way } from "./way.ts";

export const local: Way = (text, options) => {
  if (text !== "local") return null;
  return {
    target: text,
    label: hostname(),
    kind: "local",
    live: true,
    async open(interaction) {
      if (process.platform !== "linux")
        throw new ConnectionError(
          "config",
          "Only a Linux machine has pods to look into; choose the demo node or a host.",
        );
      return overConnection(localConnection(), options, interaction);
    },
  };
};
