import type { Api } from "../../src-shared/api.ts";
import { browserApi } from "./socket.ts";

declare global {
  interface Window {
    /** What the desktop shell's preload exposes. */
    podglass?: Api;
  }
}

/** The shell's side of api.ts: the preload's in the desktop window, else a WebSocket to `podglass serve`. */
export const api: Api = window.podglass ?? browserApi();
