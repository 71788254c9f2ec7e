/** A way to a port that takes longer: each byte arrives so many milliseconds later, in each direction. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export async function slowWay(port: number, oneWayMs: number): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const later = (from: Socket, to: Socket) => {
    from.on("data", (chunk) => setTimeout(() => to.writable && to.write(chunk), oneWayMs));
    from.on("close", () => setTimeout(() => to.destroy(), oneWayMs));
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
