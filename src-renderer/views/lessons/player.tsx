import { useEffect, useRef, useState } from "react";
import { inert } from "../../../src-shared/format.ts";
import type { Lesson } from "../../../src-shared/lessons/lesson.ts";
import { fillFrom, isAnswer } from "../../../src-shared/lessons/values.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { attempt } from "../../state/client.ts";
import { useKeys } from "../../state/keys.ts";
import { useNode } from "../../state/nodes.ts";
import { go, setParams } from "../../state/route.ts";
import { ByHand } from "../../ui/by-hand.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Banner, Button, Empty, IconButton, Segments } from "../../ui/parts.tsx";
import { plural } from "../../ui/words.ts";
import { Moments } from "./moments.tsx";
import { Operations } from "./operations.tsx";
import { useProgress } from "./progress.ts";
import { Output, useRun } from "./typed.tsx";
import { afresh, useWhere, type Where } from "./where.ts";
import { Words } from "./words.tsx";

/** Root font size while presenting: everything is in rem, so all of it grows alike. */
const PRESENTED = "23px";

/** One lesson, one step at a time. Everything can be done with the keyboard. */
export function Player({ lesson, step: number, next }: { lesson: Lesson; step: number; next: Lesson | undefined }) {
  const step = lesson.steps[number - 1];
  const [presenting, setPresenting] = useState(false);
  const [answer, setAnswer] = useState("");
  /** What was handed in: an answer is judged when it is given, not while it is typed. */
  const [given, setGiven] = useState("");
  const [hinted, setHinted] = useState(false);
  const [done, setDone, forget] = useProgress(lesson);
  const page = useRef<HTMLElement>(null);
  const where = useWhere(lesson, step as NonNullable<typeof step>);
  const node = useNode(where.nodeId);
  const snapshot = node?.snapshot;
  const start = useStart(`${number} ${where.nodeId}`, snapshot);
  const typed = useRun(where.nodeId, node?.state.kind === "demo");

  useEffect(() => {
    if (!presenting) return;
    const { style } = document.documentElement;
    const before = style.fontSize;
    style.fontSize = PRESENTED;
    return () => {
      style.fontSize = before;
    };
  }, [presenting]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new step begins with an empty answer, at its top
  useEffect(() => {
    setAnswer("");
    setGiven("");
    typed.clear();
    setHinted(false);
    page.current?.querySelector<HTMLElement>(".les-step")?.scrollTo({ top: 0 });
  }, [number]);

  const verdicts = step && start && snapshot ? step.checks.map((check) => check.test(start, snapshot)) : [];
  const answered = step?.ask === undefined || (snapshot !== undefined && isAnswer(snapshot, step.ask.answer, given));
  const met = step !== undefined && start !== undefined && verdicts.every(({ ok }) => ok) && answered;
  const isDone = met || done.has(number);
  useEffect(() => {
    if (met) setDone(number);
  }, [met, number, setDone]);

  const to = (at: number) => {
    if (at >= 1 && at <= lesson.steps.length) setParams({ lesson: lesson.id, step: String(at) });
  };
  const leave = () => setParams({ lesson: undefined, step: undefined });
  const operation = () => {
    if (document.activeElement instanceof HTMLButtonElement) return false;
    const first = page.current?.querySelector<HTMLElement>("[data-operation]:not(:disabled), .les-ask input");
    if (!first) return false;
    if (first instanceof HTMLInputElement) first.focus();
    else first.click();
  };
  useKeys({
    arrowright: () => to(number + 1),
    pagedown: () => to(number + 1),
    arrowleft: () => to(number - 1),
    pageup: () => to(number - 1),
    enter: operation,
    p: () => setPresenting((now) => !now),
    h: () => setHinted(true),
    escape: () => {
      // Out of the answer first, so that the arrows turn pages again.
      if (document.activeElement instanceof HTMLInputElement) return document.activeElement.blur();
      if (!presenting) return false;
      setPresenting(false);
    },
  });
  if (!step) return <Empty page icon="none" title="This lesson has no such step" />;
  const restart = async () => {
    await afresh(lesson, where);
    forget();
    to(1);
  };
  // A pid that has ended is still the one that was meant; what has no value yet is no command.
  const hands = step.hand
    .map((hand) => fillFrom([snapshot, start], hand).replaceAll("TARGET", where.target))
    .filter((hand) => !hand.includes("…"));
  return (
    <section className={`les-play ${presenting ? "presenting" : ""}`} ref={page} aria-label={lesson.title}>
      <header className="les-bar">
        <IconButton icon="left" label="All lessons" onClick={leave} />
        <h1 className="cut">{lesson.title}</h1>
        <ol className="les-dots" aria-label="Steps">
          {lesson.steps.map((one, i) => (
            <li key={one.title}>
              <button
                type="button"
                aria-label={`Step ${i + 1}: ${one.title}${done.has(i + 1) ? ", done" : ""}`}
                aria-current={i + 1 === number ? "step" : undefined}
                className={done.has(i + 1) ? "done" : ""}
                title={one.title}
                onClick={() => to(i + 1)}
              >
                {done.has(i + 1) ? <Icon name="check" /> : i + 1}
              </button>
            </li>
          ))}
        </ol>
        <span className="sep" />
        {!presenting && (
          <>
            {where.labs.length > 0 && (
              <Segments
                label="Played on"
                value={where.chosen}
                options={[
                  { value: "demo", label: "demo node" },
                  ...where.labs.map(({ target, label }) => ({ value: target, label })),
                ]}
                onChange={where.choose}
              />
            )}
            <Button kind="quiet" icon="refresh" onClick={() => void restart()}>
              Start afresh
            </Button>
          </>
        )}
        <Button kind="quiet" icon="screen" aria-pressed={presenting} onClick={() => setPresenting(!presenting)}>
          {presenting ? "Leave" : "Present"} <kbd>{presenting ? "Esc" : "P"}</kbd>
        </Button>
      </header>
      <div className="les-body">
        <article className="les-step">
          <p className="les-count dim">
            Step {number} of {lesson.steps.length}, {placeOf(step.demoOnly, where)}
          </p>
          <h2>{step.title}</h2>
          <Words text={step.text} snapshot={snapshot} />
          {step.after !== "" && isDone && <Words text={step.after} snapshot={snapshot} />}
          {where.nodeId && snapshot && (
            <Operations
              key={number}
              operations={step.operations}
              nodeId={where.nodeId}
              snapshot={snapshot}
              demo={node?.state.kind === "demo"}
              done={met}
            />
          )}
          {step.ask && (
            <form
              className="les-ask"
              onSubmit={(event) => {
                event.preventDefault();
                if (answered && given === answer) to(number + 1);
                else setGiven(answer);
              }}
            >
              <label>
                <span>{step.ask.question}</span>
                <input
                  value={answer}
                  onChange={(event) => setAnswer(event.target.value)}
                  spellCheck={false}
                  autoComplete="off"
                  aria-invalid={given !== "" && !answered}
                />
              </label>
              <Button type="submit" disabled={answer.trim() === ""}>
                {answered && given === answer ? "Go on" : "Check"}
              </Button>
            </form>
          )}
          <ul className="les-verdicts" aria-live="polite" aria-label="What the node shows">
            {step.ask && (
              <li className={answered ? "ok" : given === "" ? "open" : "bad"}>
                <Icon name={answered ? "check" : given === "" ? "none" : "bad"} />
                {answered
                  ? "right: the node says so"
                  : given === ""
                    ? "checked against the node"
                    : `"${inert(given, 60)}" is not right: the node says otherwise`}
              </li>
            )}
            {verdicts.map(({ ok, says }, i) => (
              <li key={step.checks[i]?.line} className={ok ? "ok" : "open"}>
                <Icon name={ok ? "check" : "none"} />
                {says}
              </li>
            ))}
          </ul>
          {step.hint && !isDone && (
            <p className="les-hint dim">
              {hinted ? (
                step.hint
              ) : (
                <Button kind="quiet" onClick={() => setHinted(true)}>
                  Give me a hint
                </Button>
              )}
            </p>
          )}
          {number === lesson.steps.length && isDone && (
            <p className={`les-end ${done.size >= lesson.steps.length ? "ok" : ""}`}>
              <Icon name={done.size >= lesson.steps.length ? "check" : "none"} />
              {done.size >= lesson.steps.length
                ? `That was "${lesson.title}": all ${plural(lesson.steps.length, "step")} done.`
                : `That was the last step; ${plural(lesson.steps.length - done.size, "step is", "steps are")} still open.`}
            </p>
          )}
          <footer className="les-next">
            {where.nodeId && (
              <Button
                kind="quiet"
                icon="refresh"
                onClick={() => void attempt("node.refresh", { nodeId: where.nodeId ?? "", deep: true })}
              >
                Look again
              </Button>
            )}
            <span className="sep" />
            <Button disabled={number === 1} icon="left" onClick={() => to(number - 1)}>
              Back
            </Button>
            {number < lesson.steps.length ? (
              <Button kind={isDone ? "primary" : "plain"} onClick={() => to(number + 1)}>
                Next step
              </Button>
            ) : next ? (
              <Button
                kind={isDone ? "primary" : "plain"}
                onClick={() => go("lessons", { params: { lesson: next.id, step: "1" } })}
              >
                <span className="cut">Next lesson: {next.title}</span>
              </Button>
            ) : (
              <Button kind={isDone ? "primary" : "plain"} onClick={leave}>
                All lessons
              </Button>
            )}
          </footer>
        </article>
        <section className="les-picture" aria-label="Live picture">
          {node?.state.phase === "refused" && (
            <Banner tone="bad" icon="bad">
              {node.state.detail ?? "The node could not be opened."}
            </Banner>
          )}
          {snapshot && start ? (
            <Moments key={number} lesson={lesson} step={step} start={start} snapshot={snapshot} />
          ) : (
            <Empty icon="clock" title="Opening the node" />
          )}
          {typed.ran && <Output ran={typed.ran} onClose={typed.clear} />}
        </section>
      </div>
      {hands.length > 0 && <ByHand commands={hands} run={typed.run} />}
    </section>
  );
}

/** On which node this step is, and why there where that is not the chosen one. */
function placeOf(why: string | undefined, { real, chosen, labs }: Where): string {
  if (real) return `on ${labs.find(({ target }) => target === chosen)?.label ?? chosen}`;
  return why !== undefined && chosen !== "demo" ? `on the demo node, ${why}` : "on the demo node";
}

/** The first snapshot seen since the step began: what the checks compare with. */
function useStart(key: string, snapshot: Snapshot | undefined): Snapshot | undefined {
  const kept = useRef<{ key: string; snapshot: Snapshot }>(undefined);
  if (snapshot && kept.current?.key !== key) kept.current = { key, snapshot };
  return kept.current?.key === key ? kept.current.snapshot : undefined;
}
