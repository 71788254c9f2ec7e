/** podglass serve: the app in a browser on this machine. */
import { Inspector } from "../../inspector.ts";
import { stateDir } from "../../storage/places.ts";
import { startServer } from "../serve.ts";
import { Usage } from "./exit.ts";
import { openBrowser } from "./open-browser.ts";
import { print } from "./print.ts";
import { say } from "./terminal.ts";

const USED_TWICE =
  "The one-time address was opened a second time, and refused. Unless both times were you (a reload, another tab), somebody else has read it and may be in: end this with Ctrl-C and start anew.";

export async function serveCommand(options: {
  port: string;
  allowActions?: boolean;
  readOnly?: boolean;
  open?: boolean;
}): Promise<void> {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Usage(`--port takes 0 to 65535, not "${options.port}".`);
  const actions = options.allowActions === true && options.readOnly !== true;
  const inspector = new Inspector({
    stateDir: stateDir(),
    readOnly: options.readOnly ?? false,
    actions: actions ? "allowed" : "never",
    history: true,
    rests: true,
  });
  let forget: () => void = () => undefined;
  const onToken = (use: "first" | "again"): void => {
    forget();
    if (use === "again") say(USED_TWICE);
  };
  const server = await startServer({ inspector, port, allowActions: actions, onToken });
  print(server.url);
  say(
    options.open
      ? "A browser opens. Should none come, open this address in one on this machine; it works once. Ctrl-C ends it."
      : "Open this address in a browser on this machine; it works once. Ctrl-C ends it.",
  );
  if (options.open)
    forget = openBrowser(server.url, () => say("No browser could be opened: open the address by hand."));
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  forget();
  await server.close();
  await inspector.close();
}
