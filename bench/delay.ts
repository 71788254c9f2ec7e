/**
 * A way to a port that takes longer: each byte arrives so many milliseconds later, in each direction, and no more of them
 * than so many a second.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export async function slowWay(
  port: number,
  oneWayMs: number,
  bytesPerSecond = Number.POSITIVE_INFINITY,
): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const later = (from: Socket, to: Socket) => {
    // When the last byte that was taken has left: a chunk waits for those before it, as on a wire.
    let free = 0;
    const waiting: Buffer[] = [];
    // Timers of one moment come in any order, and bytes may not.
    const send = () => {
      const chunk = waiting.shift();
      if (chunk && to.writable) to.write(chunk);
    };
    from.on("data", (chunk: Buffer) => {
      waiting.push(chunk);
      free = Math.max(free, performance.now()) + (chunk.length / bytesPerSecond) * 1000;
      const wait = free - performance.now();
      setTimeout(send, oneWayMs + wait);
      // The other end fills no more than a socket's worth ahead.
      if (wait > 100) {
        from.pause();
        setTimeout(() => from.resume(), wait - 100);
      }
    });
    from.on("close", () => setTimeout(() => to.destroy(), oneWayMs + Math.max(0, free - performance.now())));
    from.on("error", () => {});
  };
  const server = createServer((client) => {
    const there = connect(port, "127.0.0.1");
    for (const socket of [client, there]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    later(client, there);
    later(there, client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
