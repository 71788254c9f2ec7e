/** The Api over a WebSocket to `podglass serve`: messages with numbers, answers by number, events as they come. */
import type { Api, ApiEvent, NodeState } from "../../src-shared/api.ts";
import type { RequestInput } from "../../src-shared/requests.ts";
import { chooseFile, download } from "./browser-files.ts";

type Message =
  | { hello: { platform: string; version: string } }
  | { event: ApiEvent }
  | { id: number; value?: unknown; error?: string };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const GONE = "podglass serve does not answer any more. Is it still running in its terminal?";
const ELSEWHERE = "This page was opened in another tab; only the newest one is connected. Reload to go on here.";
const AGAIN_MS = 2_000;

export function browserApi(): Api {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(event: ApiEvent) => void>();
  const states = new Map<string, NodeState>();
  const shell = { kind: "browser" as const, platform: navigator.platform, version: "" };
  let last = 0;
  let lost: string | null = null;

  const tell = (event: ApiEvent) => {
    if (event.type === "node") states.set(event.state.nodeId, event.state);
    if (event.type === "gone") states.delete(event.nodeId);
    for (const listener of listeners) listener(event);
  };

  const hear = (message: Message) => {
    if ("hello" in message) Object.assign(shell, message.hello);
    else if ("event" in message) tell(message.event);
    else {
      const one = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error === undefined) one?.resolve(message.value);
      else one?.reject(new Error(message.error));
    }
  };

  const address = new URL("socket", location.href);
  address.protocol = "ws:";
  const connect = () => new WebSocket(address);
  const socket = connect();
  const opened = new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("close", () => reject(new Error(lost ?? GONE)));
  });
  opened.catch(() => {});
  socket.addEventListener("message", ({ data }) => hear(JSON.parse(String(data)) as Message));
  socket.addEventListener("close", ({ code }) => {
    lost = code === 4000 ? ELSEWHERE : GONE;
    for (const one of waiting.values()) one.reject(new Error(lost));
    waiting.clear();
    for (const state of states.values())
      tell({ type: "node", state: { ...state, phase: "stale", detail: lost, actions: false } });
    if (code !== 4000) comeBack(connect);
  });

  return {
    shell,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async request(name, input) {
      // A page has no paths: it saves by a download of its own, and sends along the file that was chosen.
      if (name === "file.save") return download(input as RequestInput<"file.save">) as never;
      const file = name === "file.open" ? await chooseFile() : undefined;
      if (file === null) return null as never;
      await opened;
      if (lost !== null) throw new Error(lost);
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        socket.send(JSON.stringify({ id, name, input, ...(file === undefined ? {} : { file }) }));
      });
    },
  };
}

/** When the server answers again everything here may be out of date: start afresh. */
function comeBack(connect: () => WebSocket): void {
  setTimeout(() => {
    const probe = connect();
    probe.addEventListener("open", () => location.reload());
    probe.addEventListener("close", () => comeBack(connect));
  }, AGAIN_MS);
}
