/** What a package promises: fuses blown, nothing of ours or of the tests that does not belong to people, one instance. */
import { chmodSync, closeSync, copyFileSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { expect, test } from "../fixtures.ts";
import { folder, openPackaged } from "./app.ts";

const root = resolve(import.meta.dirname, "../..");

/** In the order of the wire: https://www.electronjs.org/docs/latest/tutorial/fuses, @electron/fuses FuseV1Options. */
const WIRE = [
  "runAsNode",
  "enableCookieEncryption",
  "enableNodeOptionsEnvironmentVariable",
  "enableNodeCliInspectArguments",
  "enableEmbeddedAsarIntegrityValidation",
  "onlyLoadAppFromAsar",
  "loadBrowserProcessSpecificV8Snapshot",
  "grantFileProtocolExtraPrivileges",
] as const;
const SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";

function fuses(): Record<string, boolean> {
  const binary = readFileSync(join(folder, "podglass"));
  const at = binary.indexOf(SENTINEL) + SENTINEL.length;
  const length = binary[at + 1] ?? 0; // version, length, then one character a fuse
  const wire = binary.subarray(at + 2, at + 2 + length).toString("latin1");
  return Object.fromEntries(WIRE.map((name, i) => [name, wire[i] === "1"]));
}

type OurWindow = typeof globalThis & { podglass: { request(name: string, input: unknown): Promise<unknown[]> } };
type Entry = { files?: Record<string, Entry> };

/** Paths in the archive, by its header: a pickle of a size, then JSON (github.com/electron/asar#format). */
function archived(): string[] {
  const file = openSync(join(folder, "resources/app.asar"), "r");
  try {
    const head = Buffer.alloc(16);
    readSync(file, head, 0, 16, 0);
    const text = Buffer.alloc(head.readUInt32LE(12));
    readSync(file, text, 0, text.length, 16);
    const paths: string[] = [];
    const walk = (entry: Entry, path: string): void => {
      for (const [name, inner] of Object.entries(entry.files ?? {})) {
        if (inner.files) walk(inner, `${path}${name}/`);
        else paths.push(`${path}${name}`);
      }
    };
    walk(JSON.parse(text.toString("utf8")) as Entry, "");
    return paths;
  } finally {
    closeSync(file);
  }
}

test("the fuses are as electron-builder.yml says", () => {
  const { electronFuses } = parse(readFileSync(join(root, "electron-builder.yml"), "utf8")) as {
    electronFuses: Record<string, boolean>;
  };
  const found = fuses();
  for (const name of WIRE) expect({ [name]: found[name] }).toEqual({ [name]: electronFuses[name] });
});

test("the archive holds the built app, and no test, source, source map or package of others", () => {
  const paths = archived();
  expect(paths).toContain("out/main/boot.cjs");
  expect(paths).toContain("out/renderer/index.html");
  // The licences of what is inside lie beside the program, where people look for them.
  expect(readFileSync(join(folder, "LICENSES.podglass.txt"), "utf8")).toContain("MIT");
  const wrong =
    /(^|\/)(node_modules|src-[a-z]+|e2e|bench|scripts|fixtures|testing)\/|\.(map|tsx?|md)$|\.test\.|package-lock/;
  expect(paths.filter((path) => wrong.test(path))).toEqual([]);
});

test("a recording that is named opens, a second start hands its own or a link over and ends, no test switch works", async () => {
  const room = mkdtempSync(join(tmpdir(), "podglass-packaged-"));
  chmodSync(room, 0o777);
  const [first = "", second = ""] = ["pause-killed", "oom"].map((name) => {
    const path = join(room, `${name}.podglass`);
    copyFileSync(join(root, `assets/recordings/${name}.podglass`), path);
    chmodSync(path, 0o644);
    return path;
  });
  const app = await openPackaged([first], {
    PODGLASS_STATE_DIR: join(room, "state"),
    PODGLASS_TEST_SIZE: "777x555",
    PODGLASS_DEV: "http://127.0.0.1:9",
  });
  try {
    expect(await app.page.evaluate(() => [innerWidth, innerHeight])).not.toEqual([777, 555]);
    await expect(app.page.getByText("pause-killed.podglass").first()).toBeVisible();
    await expect(app.page.getByRole("grid", { name: "Pods" })).toBeVisible();
    expect(await app.again([second])).toBe(0);
    await expect(app.page.getByText("oom.podglass").first()).toBeVisible();
    // A link is anybody's: it says where it leads, opens nothing, and its words are no options of this program.
    const nodes = () =>
      app.page.evaluate(
        async () => (await (window as unknown as OurWindow).podglass.request("node.states", {})).length,
      );
    const before = await nodes();
    expect(await app.again(["--", "podglass://open/root%40198.18.0.9/pods", "--terminal", "pods"])).toBe(0);
    await expect(app.page.getByText("The link leads to root@198.18.0.9, which is not open here.")).toBeVisible();
    expect(await nodes()).toBe(before);
    expect(app.words()).not.toContain("Debugger listening");
  } finally {
    await app.close();
    rmSync(room, { recursive: true, force: true });
  }
});
