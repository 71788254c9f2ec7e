/** podglass serve: the app in a browser on this machine. */
import { Inspector } from "../../inspector.ts";
import { stateDir } from "../../storage/places.ts";
import { startServer } from "../serve.ts";
import { Usage } from "./exit.ts";
import { print } from "./read.ts";
import { say } from "./terminal.ts";

export async function serveCommand(options: {
  port: string;
  allowActions?: boolean;
  readOnly?: boolean;
}): Promise<void> {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Usage(`--port takes 0 to 65535, not "${options.port}".`);
  const actions = options.allowActions === true && options.readOnly !== true;
  const inspector = new Inspector({
    stateDir: stateDir(),
    readOnly: options.readOnly ?? false,
    actions: actions ? "allowed" : "never",
  });
  const server = await startServer({ inspector, port, allowActions: actions });
  print(server.url);
  say("Open this address in a browser on this machine; it works once. Ctrl-C ends it.");
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  await server.close();
  await inspector.close();
}
