/** Shell 1: the desktop window. */
import { app } from "electron";
import { Inspector } from "../inspector.ts";
import { stateDir } from "../storage/places.ts";
import { startDesktop } from "./desktop/start.ts";

void startDesktop(
  () =>
    new Inspector({
      stateDir: stateDir(),
      readOnly: app.commandLine.hasSwitch("read-only") || process.argv.includes("--read-only"),
      actions: "confirm",
      history: true,
      rests: true,
    }),
);
