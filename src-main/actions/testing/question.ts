/** For tests: what a question asks where nothing is out of the ordinary, and a look that found nothing. */
import { type Look, nothingFound } from "../look.ts";
import type { Question } from "../question.ts";

export const ordinary: Pick<Question, "privilege" | "readOnly" | "acceptRestart" | "pinFirst" | "asUserMade"> = {
  privilege: "root",
  readOnly: false,
  acceptRestart: false,
  pinFirst: false,
  asUserMade: false,
};

export const seen: Look = nothingFound();
