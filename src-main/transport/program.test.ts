/** Shells behind programs: real ones of this machine, and programs that lead nowhere. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { programConnection } from "./program.ts";
import { runScript } from "./testing/run-script.ts";

const open = (takes: "argument" | "stdin", words: (command: string) => string[]) =>
  programConnection({ label: "there", takes, words, signal: new AbortController().signal });
const SCRIPT = `#podglass:test/1\nprintf '%s|' "$@"\ncat\necho words >&2\nexit 7\n`;
const ARGS = ["a b", "", "line\nline", "'\"$(id)\\", "é"];
const shells = [
  ["sh"],
  ["bash"],
  ["dash"],
  ["busybox", "sh"],
  ["bash", "--norc", "-i"],
  ["env", "-i", "PATH=/usr/bin:/bin", "sh"],
].filter(([program]) => spawnSync(program as string, ["-c", "true"]).error === undefined);

describe.skipIf(process.platform !== "linux")("a program that leads to a shell", () => {
  it.each(shells.map((words) => [words.join(" "), words] as const))("by its stdin: %s", async (_name, words) => {
    const connection = await open("stdin", () => [...words]);
    for (const input of ["", "what follows\nis data; exit 3\n".repeat(2_000)]) {
      const { code, stdout, stderr } = await runScript(connection, SCRIPT, ARGS, { input });
      expect([code, stdout.toString("utf8")]).toEqual([7, `${ARGS.join("|")}|${input}`]);
      expect(stderr).toContain("words");
    }
    connection.close();
  });

  it("by an argument", async () => {
    const connection = await open("argument", (command) => ["sh", "-c", command]);
    const { code, stdout } = await runScript(connection, SCRIPT, ARGS, { input: "x" });
    expect([code, stdout.toString("utf8")]).toEqual([7, `${ARGS.join("|")}|x`]);
    connection.close();
  });

  it("behind a greeting, and over a shell that speaks first", async () => {
    const connection = await open("stdin", () => [
      "sh",
      "-c",
      "echo Welcome; echo podglass-ready; echo 'mail: 3'; exec sh",
    ]);
    expect((await runScript(connection, SCRIPT, [], { input: "x" })).stdout.toString()).toBe("|x");
    connection.close();
  });

  it("and says in the program's own words why there is none", async () => {
    const said = (words: string[], takes: "stdin" | "argument" = "stdin") =>
      open(takes, () => words).then(
        () => "",
        (error: Error & { kind?: string }) => `${error.kind}: ${error.message}`,
      );
    expect(await said(["podglass-no-such-program"])).toBe(
      "unreachable: there is reached with podglass-no-such-program, and there is no such program here.",
    );
    expect(await said(["sh", "-c", "echo 'Error: no such VM' >&2; exit 5"])).toBe(
      "unreachable: sh did not lead to a shell on there: Error: no such VM",
    );
    expect(await said(["sh", "-c", "printf '\\033[2Jred\\n'; exit 5"])).toBe(
      "unreachable: sh did not lead to a shell on there: red",
    );
    expect(await said(["true"])).toMatch(/said nothing/);
    expect(await said(["cat"])).toMatch(/^unreachable: cat .* without one/);
    expect(await said(["yes"])).toMatch(/^unreachable: yes .* nothing that a shell would say/);
    expect(await said(["echo"], "argument")).toMatch(/^unreachable/);
  });

  it("is given up at a word, and leaves no program behind", async () => {
    const stop = new AbortController();
    const opening = programConnection({
      label: "there",
      takes: "stdin",
      words: () => ["sleep", "4711"],
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(), 50);
    await expect(opening).rejects.toMatchObject({ kind: "cancelled" });
    const connection = await open("stdin", () => ["sh"]);
    const channel = await connection.exec("exec sleep 4712");
    await new Promise((resolve) => setTimeout(resolve, 100));
    connection.close();
    await channel.exit;
    const left = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout.match(/^sleep 471[12]$/gm);
    expect(left).toBeNull();
  });
});
