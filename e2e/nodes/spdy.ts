/**
 * A server's half of SPDY/3.1, as far as kubectl speaks it for attach and exec (remotecommand v4): it opens a stream for
 * error, stdin, stdout and stderr, which stay open until the command has ended. Draft 3.1 of the Chromium project has the
 * frames; no flow control, since kubectl's side has none.
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { PassThrough, Writable } from "node:stream";
import { constants, createDeflate, createInflate } from "node:zlib";

export interface Streams {
  stdin: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** Ends the whole with a Status. */
  end(status: object): void;
  /** When the client has gone. */
  gone(listener: () => void): void;
}

const WORDS =
  "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin";
const REST =
  "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

const sized = (text: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
};
/** The dictionary that both sides' header compression begins with. */
const DICTIONARY = Buffer.concat([...WORDS.split(" ").map((word) => sized(word.replace("_", " "))), Buffer.from(REST)]);

const FIN = 1;
const control = (type: number, body: Buffer): Buffer => {
  const head = Buffer.from([0x80, 3, 0, type, 0, 0, 0, 0]);
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
};
const data = (stream: number, body: Buffer, flags = 0): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(stream);
  head.writeUInt8(flags, 4);
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
};
const idOf = (body: Buffer, at = 0): number => body.readUInt32BE(at) & 0x7fffffff;

/** Name and value pairs. */
function headersOf(block: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  let at = 4;
  const next = (): string => {
    const length = block.readUInt32BE(at);
    at += 4 + length;
    return block.subarray(at - length, at).toString("utf8");
  };
  for (let left = block.readUInt32BE(0); left > 0; left -= 1) found.set(next().toLowerCase(), next());
  return found;
}

/** Answers the upgrade and tells when the client has opened all its streams. */
export function acceptSpdy(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  ready: (streams: Streams) => void,
): void {
  const wanted = new URL(request.url ?? "/", "http://x").searchParams;
  const count = 1 + ["stdin", "stdout", "stderr"].filter((name) => wanted.get(name) === "true").length;
  const protocol = "X-Stream-Protocol-Version: v4.channel.k8s.io";
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${protocol}\r\n\r\n`);
  socket.on("error", () => undefined);
  const inflate = createInflate({ dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH });
  const deflate = createDeflate({ dictionary: DICTIONARY });
  const ids = new Map<string, number>();
  const stdin = new PassThrough();
  const send = (name: string): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        const id = ids.get(name);
        if (id === undefined || !socket.writable) return done();
        socket.write(data(id, chunk), () => done());
      },
    });

  // One header block after another through one context; a reply has no headers.
  const opening: { id: number; block: Buffer }[] = [];
  let busy = false;
  function open(): void {
    const next = opening[0];
    if (busy || next === undefined) return;
    busy = true;
    const parts: Buffer[] = [];
    const more = (chunk: Buffer): void => void parts.push(chunk);
    inflate.on("data", more);
    inflate.write(next.block, () => {
      inflate.off("data", more);
      ids.set(headersOf(Buffer.concat(parts)).get("streamtype") ?? "", next.id);
      const replies: Buffer[] = [];
      const reply = (chunk: Buffer): void => void replies.push(chunk);
      deflate.on("data", reply);
      deflate.write(Buffer.alloc(4));
      deflate.flush(constants.Z_SYNC_FLUSH, () => {
        deflate.off("data", reply);
        const id = Buffer.alloc(4);
        id.writeUInt32BE(next.id);
        socket.write(control(2, Buffer.concat([id, ...replies])));
        opening.shift();
        busy = false;
        if (ids.size === count && opening.length === 0) start();
        open();
      });
    });
  }

  let started = false;
  const early: Buffer[] = [];
  function start(): void {
    if (started) return;
    started = true;
    const error = send("error");
    ready({
      stdin,
      stdout: send("stdout"),
      stderr: send("stderr"),
      end(status) {
        error.write(JSON.stringify(status), () => {
          for (const id of ids.values()) if (socket.writable) socket.write(data(id, Buffer.alloc(0), FIN));
          socket.end();
        });
      },
      gone: (listener) => socket.once("close", listener),
    });
    for (const frame of early) takeData(frame);
  }
  function takeData(frame: Buffer): void {
    if (!started) return void early.push(frame);
    if (idOf(frame) !== ids.get("stdin")) return;
    stdin.write(frame.subarray(8));
    if ((frame.readUInt8(4) & FIN) !== 0) stdin.end();
  }

  let text = head;
  const hear = (chunk: Buffer): void => {
    text = Buffer.concat([text, chunk]);
    while (text.length >= 8) {
      const length = 8 + text.readUIntBE(5, 3);
      if (text.length < length) return;
      const frame = text.subarray(0, length);
      text = text.subarray(length);
      if ((frame.readUInt8(0) & 0x80) === 0) takeData(Buffer.from(frame));
      else if (frame.readUInt8(3) === 1) {
        opening.push({ id: idOf(frame, 8), block: Buffer.from(frame.subarray(18)) });
        open();
      } else if (frame.readUInt8(3) === 6) socket.write(frame); // a ping comes back as it is
    }
  };
  socket.on("data", hear);
  hear(Buffer.alloc(0));
}
