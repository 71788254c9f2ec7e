/** The byte stream below an ssh connection: a TCP socket, a channel of a jump host, or a ProxyCommand's stdin and stdout. */
import { spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { ConnectionError } from "../transport/transport.ts";
import { describeHost, type HostSettings } from "./config.ts";

/** A TCP connection without Nagle (an exec costs 40 ms more with it). Throws ConnectionError. */
export function tcpSocket(settings: HostSettings, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: settings.hostName,
      port: settings.port,
      noDelay: true,
      family: settings.family,
      ...(settings.bindAddress === null ? {} : { localAddress: settings.bindAddress }),
    });
    const fail = (error: ConnectionError) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      socket.destroy();
      reject(error);
    };
    const aborted = () => fail(new ConnectionError("cancelled", `Connecting to ${settings.alias} was given up.`));
    const timer = setTimeout(
      () =>
        fail(
          new ConnectionError(
            "timeout",
            `${describeHost(settings)} did not answer within ${settings.connectTimeoutMs / 1000} s. Is it up, and does a firewall let port ${settings.port} through?`,
          ),
        ),
      settings.connectTimeoutMs,
    );
    signal.addEventListener("abort", aborted);
    if (signal.aborted) aborted();
    socket.once("error", (error: NodeJS.ErrnoException) =>
      fail(new ConnectionError("unreachable", tcpSentence(settings, error))),
    );
    socket.once("connect", () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });
}

function tcpSentence(settings: HostSettings, error: NodeJS.ErrnoException): string {
  const host = describeHost(settings);
  switch (error.code) {
    case "ECONNREFUSED":
      return `${host} refused the connection. Is sshd running there, and is that its port?`;
    case "ENOTFOUND":
    case "EAI_NONAME":
      return `The name ${settings.hostName} is not known here. Check its spelling, your DNS, or HostName in ~/.ssh/config.`;
    case "EAI_AGAIN":
      return `The name ${settings.hostName} could not be looked up just now: no DNS server answered.`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `There is no route to ${host} (${error.code}). Is a VPN or a jump host needed?`;
    case "ETIMEDOUT":
      return `${host} did not answer. Is it up, and does a firewall let port ${settings.port} through?`;
    default:
      return `${host} could not be reached: ${error.code ?? error.message}.`;
  }
}

/** A stream through an authenticated jump host. Throws ConnectionError. */
export function forwardedSocket(through: Client, via: string, settings: HostSettings): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new ConnectionError(
            "timeout",
            `${describeHost(settings)} did not answer ${via} within ${settings.connectTimeoutMs / 1000} s.`,
          ),
        ),
      settings.connectTimeoutMs,
    );
    through.forwardOut("127.0.0.1", 0, settings.hostName, settings.port, (error, channel) => {
      clearTimeout(timer);
      if (!error) return resolve(channel);
      const why = error.message.replace("(SSH) Channel open failure: ", "");
      const forbidden = /prohibited/i.test(why)
        ? " Does its sshd allow forwarding (AllowTcpForwarding, PermitOpen)?"
        : "";
      reject(
        new ConnectionError(
          "unreachable",
          `${via} could not open a way to ${describeHost(settings)}: ${why}.${forbidden}`,
        ),
      );
    });
  });
}

/**
 * The command of ProxyCommand, run by the person's shell as ssh runs it; its stdin and stdout are the stream. What it
 * says on stderr is kept, cut to its last kilobyte, for the message when it ends.
 */
export function commandSocket(command: string, settings: HostSettings): Duplex {
  const windows = process.platform === "win32";
  const child = windows
    ? spawn(command, { shell: true, stdio: ["pipe", "pipe", "pipe"] })
    : spawn(process.env.SHELL || "/bin/sh", ["-c", `exec ${command}`], { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-1024);
  });
  const stream = new Duplex({
    // That the command is gone is told by its end, with its status and words; a failed write says less.
    write: (chunk, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => void child.stdin.end(() => done()),
    read: () => void child.stdout.resume(),
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  child.stdout.on("data", (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.stdin.on("error", () => undefined);
  const ended = (how: string) =>
    stream.destroy(
      new ConnectionError(
        "unreachable",
        `The ProxyCommand for ${settings.alias} ${how}.${said.trim() ? ` It said: ${said.trim()}` : ""}`,
      ),
    );
  child.once("error", (error: NodeJS.ErrnoException) => ended(`could not be started (${error.code})`));
  child.once("close", (code, signal) => ended(signal ? `was ended by ${signal}` : `ended with status ${code}`));
  return stream;
}
