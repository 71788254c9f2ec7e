/** This machine as a node: commands run in a plain sh, with the rights of whoever runs Podglass. Linux only. */
import { spawn } from "node:child_process";
import { hostname, userInfo } from "node:os";
import { type Channel, type Connection, ConnectionError } from "./transport.ts";

/** Throws ConnectionError "unreachable" where this machine is no Linux. */
export function localConnection(): Connection {
  if (process.platform !== "linux") {
    throw new ConnectionError(
      "unreachable",
      `this machine runs ${process.platform}; only a Linux node has pods to show`,
    );
  }
  const channels = new Set<Channel>();
  let settle: (reason: null) => void = () => {};
  let ended = false;
  const closed = new Promise<null>((resolve) => {
    settle = resolve;
  });
  return {
    label: hostname(),
    user: userInfo().username,
    closed,
    exec: async (command) => {
      if (ended) throw new ConnectionError("lost", "the connection to this machine was closed");
      const channel = run(command);
      channels.add(channel);
      void channel.exit.then(() => channels.delete(channel));
      return channel;
    },
    close: () => {
      ended = true;
      for (const channel of channels) channel.kill();
      settle(null);
    },
  };
}

function run(command: string): Channel {
  const child = spawn("/bin/sh", ["-c", command], { stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("error", () => resolve({ code: 127, signal: null }));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exit,
    // The end of its stdin is what a script must notice; HUP is what sshd would send.
    kill: () => {
      child.stdin.destroy();
      child.kill("SIGHUP");
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}
