/**
 * The demo node's SSH server: on loopback, at a random port, with a random host key and a random login key each start.
 * It lets in only who holds that login key, which never leaves this process. Behind it there is no shell and no file.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { type AddressInfo, createServer } from "node:net";
import ssh2, { type AuthContext, type Connection, type ServerChannel } from "ssh2";
import { type Answer, decodeLine, scriptName } from "./answers/answer.ts";
import { lineReader } from "./lines.ts";
import type { DemoNode } from "./node.ts";

const MARKER = "#podglass:end";
/** Longest script text that is taken, in characters. */
const LONGEST_SCRIPT = 2 * 1024 * 1024;

export interface DemoServer {
  host: "127.0.0.1";
  port: number;
  user: string;
  /** The login key, OpenSSH format. */
  privateKey: string;
  /** "SHA256:…", as ssh-keygen -l prints it. */
  hostKeyFingerprint: string;
  /** One known_hosts line without the host: "ssh-ed25519 AAAA…". */
  hostPublicKey: string;
  close(): Promise<void>;
}

export async function startServer(node: DemoNode, answers: ReadonlyMap<string, Answer>): Promise<DemoServer> {
  const hostKey = freshKey();
  const loginKey = freshKey();
  const host = parsed(hostKey.public);
  const login = parsed(loginKey.public);
  const clients = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey.private], ident: "PodglassDemo" }, (client) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    // A client that goes away in mid-sentence is no error of ours.
    client.on("error", () => client.end());
    client.on("authentication", (auth) => (accepts(auth, login) ? auth.accept() : auth.reject(["publickey"])));
    client.on("ready", () =>
      client.on("session", (accept) => {
        accept().on("exec", (acceptExec) => {
          const channel = acceptExec();
          serve(channel, node, answers).catch((error: unknown) => {
            channel.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
            finish(channel, 1);
          });
        });
      }),
    );
  });
  // Our own socket server, because each socket must have Nagle's algorithm off: 44 ms an exec otherwise.
  const sockets = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  await new Promise<void>((resolve, reject) => {
    sockets.once("error", reject);
    sockets.listen({ host: "127.0.0.1", port: 0 }, resolve);
  });
  return {
    host: "127.0.0.1",
    port: (sockets.address() as AddressInfo).port,
    user: "root",
    privateKey: loginKey.private,
    hostKeyFingerprint: `SHA256:${createHash("sha256").update(host.getPublicSSH()).digest("base64").replace(/=+$/, "")}`,
    hostPublicKey: `ssh-ed25519 ${host.getPublicSSH().toString("base64")}`,
    close: () =>
      new Promise((resolve) => {
        sockets.close(() => resolve());
        for (const client of clients) client.end();
      }),
  };
}

/** About one in 300 of ssh2's new ed25519 keys cannot be read back by ssh2 itself (1.17.0): take another then. */
export function freshKey(): { public: string; private: string } {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync("ed25519");
    if ([key.public, key.private].every((text) => !(ssh2.utils.parseKey(text) instanceof Error))) return key;
  }
}

function parsed(text: string): ssh2.ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}

function accepts(auth: AuthContext, login: ssh2.ParsedKey): boolean {
  if (auth.method !== "publickey" || auth.username !== "root") return false;
  const ours = login.getPublicSSH();
  if (auth.key.data.length !== ours.length || !timingSafeEqual(auth.key.data, ours)) return false;
  // Without a signature the client only asks whether the key would do.
  if (!auth.signature || !auth.blob) return true;
  return login.verify(auth.blob, auth.signature, auth.hashAlgo) === true;
}

async function serve(channel: ServerChannel, node: DemoNode, answers: ReadonlyMap<string, Answer>): Promise<void> {
  const line = lineReader(channel);
  const first = (await line()) ?? "";
  let length = 0;
  for (let text = first; text !== MARKER; ) {
    const next = await line();
    if (next === undefined) return finish(channel, 1);
    text = next;
    length += next.length;
    if (length > LONGEST_SCRIPT) throw new RangeError("the script is longer than the demo node takes");
  }
  const script = scriptName(first);
  const answer = script && answers.get(script.name);
  if (!answer) {
    channel.stderr.write(`the demo node runs Podglass's own scripts only, and does not know "${first.slice(0, 80)}"\n`);
    return finish(channel, 127);
  }
  const args = decodeLine((await line()) ?? "");
  const code = await answer({
    node,
    ...script,
    args,
    line,
    write: (bytes) =>
      new Promise((resolve) => {
        if (channel.destroyed || channel.write(bytes)) resolve();
        else {
          channel.once("drain", resolve);
          channel.once("close", resolve);
        }
      }),
    complain: (text) => channel.stderr.write(`${text}\n`),
  });
  finish(channel, code);
}

function finish(channel: ServerChannel, code: number): void {
  if (channel.destroyed) return;
  channel.exit(code);
  channel.end();
}
