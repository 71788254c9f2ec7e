import { describe, expect, it } from "vitest";
import type { LogEntry } from "./api.ts";
import { logText } from "./log-text.ts";

const entry = (target: string, what: string, rest: Partial<LogEntry> = {}): LogEntry => ({
  target,
  what,
  atMs: 0,
  lastMs: 0,
  state: "note",
  times: 1,
  ...rest,
});

const lines = [
  entry("anna@gold.corp.example:2222", "trying the key /home/anna/.ssh/id_work as anna"),
  entry("anna@gold.corp.example:2222", "gold.corp.example (10.1.2.3, fd00::17) refused the login of anna.", {
    state: "failed",
  }),
  entry("demo", "probe/4", { state: "done", ms: 20, status: 0 }),
  entry("demo", "a quick reading", { state: "done", ms: 60, longestMs: 92, times: 1200 }),
];

describe("the log as text", () => {
  it("has a line an entry: when, which node, what and how it went", () => {
    expect(logText(lines, { redact: false, head: "Podglass" }).split("\n")).toEqual([
      "Podglass",
      expect.stringContaining("anna@gold.corp.example:2222  trying the key"),
      expect.stringContaining("refused the login of anna.  failed"),
      "1970-01-01T00:00:00.000Z  demo  probe/4  done, 20 ms",
      "1970-01-01T00:00:00.000Z  demo  a quick reading  done, ×1,200, 60 ms (longest 92 ms)",
      "",
    ]);
  });

  it("says redacted no name of a node, a person, an address or a path, and keeps what was done", () => {
    const text = logText(lines, { redact: true, head: "Podglass" });
    expect(text).not.toMatch(/anna|gold|corp|10\.1|fd00|id_work|home/);
    expect(text).toContain("node-1  trying the key /PATH");
    expect(text).toContain("node-2  probe/4  done, 20 ms");
  });

  it("says redacted none of what ssh's configuration names on the way there, and keeps the sentence", () => {
    const on = (what: string) => entry("silver", what);
    const text = logText(
      [
        on("connecting to silver through bastion-prod"),
        on("checking the host key of bastion-prod"),
        on("logging in to bastion-prod as anna"),
        on("logging in to silver as root"),
        on("trying the key /home/anna/.ssh/id as anna"),
        on("the name db1.corp.example was not found"),
        on("it shows ED25519 SHA256:jxn0QvD6P/WYCIIZ+RIUD5"),
        on("sudo on silver lets anna do nothing: a password is required. Log in as root, allow anna to use sudo"),
        entry("kubectl:prod/worker-7", "asking whether you may about worker-7"),
        on("podman 4.3.1 said nothing"),
      ],
      { redact: true, head: "Podglass" },
    );
    expect(text).not.toMatch(/silver|bastion|anna|db1|corp|jxn0|worker-7|prod/);
    expect(text).toContain("connecting to node-1 through HOST");
    expect(text).toContain("logging in to node-1 as root");
    expect(text).toContain("podman 4.3.1 said nothing");
  });
});
