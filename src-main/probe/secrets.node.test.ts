import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const here = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const PERL = `${here("./perl/secrets.pl")}
binmode STDIN; binmode STDOUT; local $/; my $text = <STDIN>;
$text = $ARGV[0] eq 'outline' ? outline($text) : without_secrets($ARGV[0], $text);
print defined $text ? $text : 'left out';`;
const AWK = `${here("./awk/secrets.awk")}
BEGIN { init_secrets(); RS = "\\001"; getline text < "/dev/stdin"; path = ENVIRON["RECORD"]
  text = path == "outline" ? outline(text) : without_secrets(path, text)
  printf "%s", left_out ? "left out" : text }`;

interface Language {
  name: string;
  run(path: string, text: string): string;
}
const awk = (program: string, ...args: string[]): Language => ({
  name: [program, ...args].join(" ").replace("/usr/bin/", ""),
  run: (path, text) =>
    execFileSync(program, [...args, AWK], {
      input: text,
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C", RECORD: path },
      maxBuffer: 1 << 24,
    }),
});
const languages: Language[] = [
  ...(existsSync("/usr/bin/perl")
    ? [
        {
          name: "perl",
          run: (path: string, text: string) =>
            execFileSync("perl", ["-we", PERL, path], { input: text, encoding: "utf8", maxBuffer: 1 << 24 }),
        },
      ]
    : []),
  ...["/usr/bin/mawk", "/usr/bin/gawk"].filter((path) => existsSync(path)).map((path) => awk(path)),
  ...(existsSync("/usr/bin/busybox") ? [awk("/usr/bin/busybox", "awk")] : []),
];

const SECRET = "hunter2";
/** As people write them: lists at their key's level and deeper, a dash alone, comments, block scalars, quotes. */
const MANIFEST = `# name: ${SECRET}
apiVersion: v1
kind: Pod
metadata:
    annotations:
      name: ${SECRET}
    name: "etcd"   # the store
    namespace: kube-system
spec:
  priorityClassName: ${SECRET}
  initContainers:
    - image: i
      name: 'mesh'
      restartPolicy: Always
      env:
      - name: ${SECRET}
        value: ${SECRET}
      args:
      - |
        name: ${SECRET}
       name: ${SECRET}
    -
      name: setup
  volumes:
  - name: ${SECRET}
  containers:
  - name: main
    command: ["sh", "-c", "name: ${SECRET}"]
    env:
    - name: ${SECRET}
      value: |
        - name: ${SECRET}
    envFrom:
      - secretRef:
          name: ${SECRET}
  - name: ${"x".repeat(300)}
  - name: two words
status:
  name: ${SECRET}
`;
const OUTLINE = `# podglass: outline of a static pod
metadata:
  name: etcd
  namespace: kube-system
spec:
  initContainers:
  -
    name: mesh
    restartPolicy: Always
  -
    name: setup
  containers:
  -
    name: main
  -
  -
`;
const config = (env: string) => `{"ociVersion":"1.0","process":{"args":["sh"],${env},"cwd":"/"},"root":{"path":"/r"}}`;
const value = JSON.stringify;

/** What a record has of an environment, and what must be left of it. */
const cases: Record<string, [text: string, left: string]> = {
  "a list": [config(`"env":["A=${SECRET}","B=]}"]`), config('"env":[]')],
  "a value of 64 KiB": [config(`"env":["A=${"x".repeat(65_536)}${SECRET}"]`), config('"env":[]')],
  "a value of escapes": [config(`"env":["A=${'\\"'.repeat(70_000)}${SECRET}"]`), config('"env":[]')],
  "70,000 entries": [config(`"env":[${`"A=${SECRET}",`.repeat(70_000)}"B=1"]`), config('"env":[]')],
  "null among the entries": [config(`"env":["A=1",null,"B=${SECRET}"]`), config('"env":[]')],
  "no environment": [config('"env":null'), config('"env":null')],
  "a key with escapes": [config(`"\\u0045n\\u0076":["B=${SECRET}"]`), config('"\\u0045n\\u0076":[]')],
  "capitals, and blanks": [config(`"ENV" : [ "B=${SECRET}" ]`), config('"ENV" : []')],
  "an object": [config(`"env":{"A":{"b":["${SECRET}"]}}`), config('"env":{}')],
  "a string": [config(`"env":"A=${SECRET}"`), config('"env":""')],
  "a number": [config('"env": 15'), config('"env": ""')],
  "two of them": [
    `{"hooks":{"prestart":[{"env":["${SECRET}"]},{"path":"/x"}]},${config(`"env":["${SECRET}"]`).slice(1)}`,
    `{"hooks":{"prestart":[{"env":[]},{"path":"/x"}]},${config('"env":[]').slice(1)}`,
  ],
  "an annotation that is JSON": [
    `{"annotations":{"last":${value(value({ spec: [{ name: "a", env: [{ value: SECRET }] }] }))},"b":"c"}}`,
    `{"annotations":{"last":${value(`${value({ spec: [{ name: "a" }] }).slice(0, -3)},`)},"b":"c"}}`,
  ],
  "an annotation in an annotation": [
    `{"x":${value(value({ last: value({ a: 1, env: [SECRET] }), z: 1 }))},"b":"c"}`,
    `{"x":${value(`${value({ last: value({ a: 1 }) }).slice(0, -3)},`)},"b":"c"}`,
  ],
  "one that was cut": [
    config(`"env":["A=${SECRET}`).slice(0, 60),
    '{"ociVersion":"1.0","process":{"args":["sh"],"env":[]',
  ],
  "credentials of a registry": [
    `[auth]\n  password = "${SECRET}"\n\ntoken: ${SECRET}`,
    '[auth]\n  password = "left out"\n\ntoken: "left out"',
  ],
};

describe.each(languages)("secrets of a record, by $name", ({ run }) => {
  it.each(Object.entries(cases))("%s", (name, [text, left]) => {
    const said = run(name.startsWith("credentials") ? "/etc/config.toml" : "/run/config.json", text);
    expect(said).not.toContain(SECRET);
    expect(said).toBe(left);
  });

  it("whatever cannot be taken out keeps the whole file back", () => {
    const many = `{${`"env":["${SECRET}"],`.repeat(60_000)}"a":1}`;
    expect(run("/run/config.json", many)).not.toContain(SECRET);
  });

  it.each([
    ["brackets", `{"env":${"[".repeat(900_000)}"${SECRET}"`],
    ["keys", `{${'"env":[],'.repeat(100_000)}"env":["${SECRET}"]}`],
    ["keys in a string", `{"a":"${'\\"env\\":'.repeat(100_000)}${SECRET}"}`],
    ["quotes", `{"a":[${'"",'.repeat(300_000)}"x"],"env":["${SECRET}"]}`],
  ])("in little time, of a mebibyte of %s", { timeout: 60_000 }, (_, text) => {
    const since = performance.now();
    expect(run("/run/config.json", text)).not.toContain(SECRET);
    expect(performance.now() - since).toBeLessThan(20_000);
  });

  it("of a static pod's manifest sends names alone, and what tells init from app", () => {
    expect(run("outline", MANIFEST)).toBe(OUTLINE);
    expect(run("outline", MANIFEST.replaceAll("\n", "\r\n"))).toBe(OUTLINE);
    expect(run("outline", JSON.stringify({ metadata: { name: SECRET } }))).not.toContain(SECRET);
    for (const text of ["", "-", ":", "spec:\n-", `spec:\n containers:\n - name: a\n   env: {name: ${SECRET}}`])
      expect(run("outline", text)).not.toContain(SECRET);
  });
});
