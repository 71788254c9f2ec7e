/** The one WebSocket between a browser page and the Inspector: the desktop's requests and events, as JSON messages. */
import { setMaxListeners } from "node:events";
import type { WebSocket } from "ws";
import { z } from "zod";
import { openEventSender } from "../event-sender.ts";
import type { Answering, ShellPowers } from "../shell.ts";
import type { Uploads } from "./uploads.ts";

/** What the page sends. A file rides along with file.open only: a page can choose one, but has no path to give. */
const message = z
  .object({
    id: z.number().int().min(0),
    name: z.string().max(64),
    input: z.unknown(),
    file: z
      .object({ name: z.string().max(255), base64: z.string() })
      .strict()
      .optional(),
  })
  .strict();

type Message = z.infer<typeof message>;

/** Bytes that may wait for a slow page; snapshots and deltas beyond are dropped, and the page heals by asking for the whole. */
const MOST_WAITING = 32 * 1024 * 1024;

/** Longest message from a page: a recording to open, in base64. */
export const MOST_MESSAGE = 96 * 1024 * 1024;

export interface SocketSessionOptions {
  inspector: Answering;
  actions: ShellPowers["actions"];
  version: string;
  uploads: Uploads;
}

/** Connects one page until its socket closes. Nothing that it sends makes a listener throw. */
export function openSocketSession(
  socket: WebSocket,
  { inspector, actions, version, uploads }: SocketSessionOptions,
): void {
  const left = new AbortController();
  // One for each file that it sends along.
  setMaxListeners(0, left.signal);
  const send = (value: unknown) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(value), () => undefined);
  };
  socket.on("error", () => socket.terminate());
  send({ hello: { platform: process.platform, version } });
  const sender = openEventSender((event) => send({ event }));
  const quiet = inspector.subscribe((event) => {
    if (socket.bufferedAmount > MOST_WAITING && (event.type === "delta" || event.type === "snapshot")) return;
    sender.tell(event);
  });
  const reply = async (message: Message): Promise<void> => {
    const { id, name, input, file } = message;
    const powers: ShellPowers = {
      actions,
      // A page cannot be trusted with a confirmation: actions are allowed for the whole server, at its start, or not at all.
      confirm: async () => actions === "allowed",
      saveFile: async () => false,
      openFile: async () =>
        name === "file.open" && file ? { path: await uploads.keep(file, left.signal), lasting: false } : null,
    };
    try {
      send({ id, value: sender.answer(name, input, await inspector.request(name, input, powers)) ?? null });
    } catch (error) {
      send({ id, error: error instanceof Error ? error.message : String(error) });
    }
  };
  socket.on("message", (data, binary) => {
    const message = binary ? null : parse(String(data));
    if (message) void reply(message);
    else socket.close(1008, "not a request");
  });
  socket.on("close", () => {
    quiet();
    left.abort();
  });
}

function parse(text: string): Message | null {
  try {
    const result = message.safeParse(JSON.parse(text));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
