/**
 * Notices a connection that is silently dead. ssh2 sends the pings; what counts as life is any byte from the server, so
 * that a slow link whose answers wait behind a long reading is not taken for a dead one.
 */
import type { Duplex } from "node:stream";

/** Calls `dead` once when nothing came for `giveUpMs`. Returns a way to stop watching. */
export function watchAlive(socket: Duplex, giveUpMs: number, dead: (silentMs: number) => void): () => void {
  let last = performance.now();
  const heard = () => {
    last = performance.now();
  };
  socket.on("data", heard);
  let looked = last;
  const timer = setInterval(
    () => {
      const now = performance.now();
      // This process itself slept (a laptop's lid): give the other side a new chance to answer.
      if (now - looked > giveUpMs / 2) last = Math.max(last, now - giveUpMs / 2);
      looked = now;
      if (now - last < giveUpMs) return;
      stop();
      dead(now - last);
    },
    Math.min(1000, giveUpMs / 8),
  );
  timer.unref();
  const stop = () => {
    clearInterval(timer);
    socket.off("data", heard);
  };
  return stop;
}
