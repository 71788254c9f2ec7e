/** A Connection whose scripts wait for a moment at a line that they print, while somebody does something else just then. */
import { PassThrough, Transform } from "node:stream";
import type { Connection } from "../../transport/transport.ts";

export const SAY = `say() { printf '%s\\n' "$*"; }`;
export const slowSay = (at: string, seconds: number): string =>
  `say() { printf '%s\\n' "$*"; case $* in "${at}"*) sleep ${seconds} ;; esac; }`;

/** `at`: the line, as a script begins it ("step net"); `onLine` is called once, when it has come. */
export function hooked(way: Connection, { at, seconds, onLine }: { at: string; seconds: number; onLine: () => void }) {
  let called = false;
  const connection: Connection = {
    label: way.label,
    user: way.user,
    closed: way.closed,
    close: () => way.close(),
    async exec(command) {
      const channel = await way.exec(command);
      const stdin = new Transform({
        transform: (chunk: Buffer, _, done) =>
          done(
            null,
            chunk.toString().replace(SAY, () => slowSay(at, seconds)),
          ),
      });
      stdin.pipe(channel.stdin);
      channel.stdin.on("error", () => {});
      const stdout = new PassThrough();
      channel.stdout
        .on("data", (chunk: Buffer) => {
          const came = chunk.toString().split("\n");
          if (!called && came.some((line) => line.startsWith(at))) {
            called = true;
            onLine();
          }
          stdout.write(chunk);
        })
        .on("end", () => stdout.end())
        .on("close", () => stdout.end())
        .on("error", () => stdout.end());
      return { ...channel, stdin, stdout, stderr: channel.stderr, exit: channel.exit, kill: () => channel.kill() };
    },
  };
  return connection;
}
