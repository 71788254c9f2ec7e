/** All that the window gets: the Api of api.ts. It runs sandboxed, and holds no power beyond passing a request on. */
import { contextBridge, type IpcRendererEvent, ipcRenderer } from "electron";
import type { ApiEvent } from "../../src-shared/api.ts";

const version =
  process.argv.find((arg) => arg.startsWith("--podglass-version="))?.slice("--podglass-version=".length) ?? "";

contextBridge.exposeInMainWorld("podglass", {
  async request(name: string, input: unknown): Promise<unknown> {
    const answer = (await ipcRenderer.invoke("podglass:request", name, input)) as { value?: unknown; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  },
  subscribe(listener: (event: ApiEvent) => void): () => void {
    const hear = (_event: IpcRendererEvent, value: ApiEvent) => listener(value);
    ipcRenderer.on("podglass:event", hear);
    return () => void ipcRenderer.off("podglass:event", hear);
  },
  shell: { kind: "desktop", platform: process.platform, version },
});
