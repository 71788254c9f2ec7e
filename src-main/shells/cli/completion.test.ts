import { spawnSync } from "node:child_process";
import { Argument, Command, Option } from "commander";
import { describe, expect, it } from "vitest";
import { completionOf } from "./completion.ts";
import { manualOf } from "./manual.ts";

const program = new Command("podglass").description("Looks inside.");
program.command("pods").argument("<target>").description("a table: pods").option("--json", "print [JSON]");
program.command("probe").description("the node's probe");
const lab = program.command("lab").description("pods by hand");
lab
  .command("up")
  .argument("<target>")
  .description("make one")
  .addOption(new Option("--sandbox <kind>", "what holds it").choices(["pause", "pinned"]))
  .option("--name <name>", "its name");
lab.command("down").argument("<target>").description("remove");
program
  .command("completion")
  .addArgument(new Argument("<shell>").choices(["bash", "fish"]))
  .description("this");
program.command("secret", { hidden: true }).argument("<x>");

const has = (shell: string): boolean => spawnSync(shell, ["-c", "true"]).status === 0;

/** What bash would offer for the words, the last of which is being typed. */
function bash(...words: string[]): string[] {
  const array = words.map((word) => `'${word}'`).join(" ");
  const script = `${completionOf(program, "bash")}\nCOMP_WORDS=(podglass ${array}); COMP_CWORD=${words.length}; _podglass; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8", cwd: "/proc/self/fdinfo" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter(Boolean).sort();
}

describe("completion", () => {
  it.runIf(has("bash"))("offers in bash commands, options, choices and targets, and nothing that is hidden", () => {
    expect(bash("")).toEqual(["completion", "lab", "pods", "probe"]);
    expect(bash("p")).toEqual(["pods", "probe"]);
    expect(bash("lab", "")).toEqual(["down", "up"]);
    expect(bash("lab", "up", "--sa")).toEqual(["--sandbox"]);
    expect(bash("lab", "up", "--sandbox", "")).toEqual(["pause", "pinned"]);
    expect(bash("pods", "dem")).toEqual(["demo"]);
    expect(bash("completion", "")).toEqual(["bash", "fish"]);
  });

  it.runIf(has("fish"))("offers the same in fish, with what each is for", () => {
    const fish = (line: string) =>
      spawnSync("fish", ["--no-config", "-c", `${completionOf(program, "fish")}\ncomplete -C '${line}'`], {
        encoding: "utf8",
      }).stdout;
    expect(fish("podglass pro")).toBe("probe\tthe node's probe\n");
    expect(fish("podglass lab up --san")).toContain("--sandbox\twhat holds it");
    expect(fish("podglass sec")).not.toContain("secret");
  });

  it.runIf(has("zsh"))("is a script that zsh can read", () => {
    const { status, stderr } = spawnSync("zsh", ["-f", "-n", "-s"], {
      input: completionOf(program, "zsh"),
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(completionOf(program, "zsh")).toContain("'pods:a table\\: pods'");
  });
});

describe("the manual", () => {
  const page = manualOf(program, "1.2.3", "TARGET is demo…\n.hidden?\nExit status: 0 done.");

  it("has every command that help shows, with its options", () => {
    for (const words of ["podglass pods", "podglass lab up", "\\-\\-sandbox", "its name"])
      expect(page).toContain(words);
    expect(page).not.toContain("secret");
  });

  it("is ASCII, and no text of ours is a request to roff", () => {
    expect(page).toMatch(/^[\n -~]*$/);
    expect(page).toContain("\\&.hidden?");
    expect(page).toContain("demo\\[u2026]");
  });
});
