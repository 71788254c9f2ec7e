import type { Api } from "../../src-shared/api.ts";

declare global {
  interface Window {
    /** What the desktop shell's preload exposes. */
    podglass?: Api;
  }
}

function find(): Api {
  if (window.podglass === undefined) throw new Error("No shell answers this window; start it with `podglass serve`.");
  return window.podglass;
}

/** The shell's side of api.ts. */
export const api: Api = find();
