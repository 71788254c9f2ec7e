/** A small stand-in for the kubelet: speaks the CRI to a runtime's socket. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { credentials, loadPackageDefinition, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

type Mode = "POD" | "CONTAINER" | "NODE" | "TARGET";
export interface NamespaceOptions {
  network?: Mode;
  pid?: Mode;
  ipc?: Mode;
  /** TARGET: the container whose PID namespace it is. */
  target_id?: string;
}

export interface Cri {
  /** One call, by the CRI's own name. Throws with the method and the runtime's words. */
  call<T = Record<string, never>>(method: string, request?: object): Promise<T>;
  close(): void;
}

export interface SandboxStatus {
  status: { id: string; state: "SANDBOX_READY" | "SANDBOX_NOTREADY"; network?: { ip: string } };
  info: Record<string, string>;
}

export interface ContainerStatus {
  status: { id: string; state: string; exit_code: number };
  info: Record<string, string>;
}

type Unary = (request: object, options: object, done: (error: Error | null, reply: unknown) => void) => void;

/** Beside this file, or where a soak was bundled to. */
const proto = (): string => {
  const places = ["cri.proto", "../../e2e/nodes/cri.proto"].map((path) => join(import.meta.dirname, path));
  return places.find((path) => existsSync(path)) ?? "cri.proto";
};

export function connectCri(socket: string): Cri {
  const definition = loadSync(proto(), {
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
  });
  const loaded = loadPackageDefinition(definition) as unknown as {
    runtime: { v1: { RuntimeService: ServiceClientConstructor } };
  };
  const client = new loaded.runtime.v1.RuntimeService(`unix://${socket}`, credentials.createInsecure());
  return {
    call: <T>(method: string, request: object = {}) =>
      new Promise<T>((resolve, reject) => {
        const unary = (client as unknown as Record<string, Unary>)[method];
        if (!unary) return reject(new Error(`the CRI has no ${method}`));
        unary.call(client, request, { deadline: Date.now() + 60_000 }, (error, reply) =>
          error ? reject(new Error(`${method}: ${error.message}`)) : resolve(reply as T),
        );
      }),
    close: () => client.close(),
  };
}
