/** The named checks of a plan, with their evidence: an action's own, and those of all. docs/actions.md says why. */
import { count } from "../../src-shared/format.ts";
import { type Check, check, isStandIn, type Question } from "./question.ts";
import { actionOf } from "./table.ts";

export function checksOf(question: Question): Check[] {
  const { action, look } = question;
  const own = actionOf(action).checks(question);
  const all = [...own, mountNamespace(question), privilege(question), readOnly(question), ...whose(question)];
  if (look.missing.length > 0)
    all.push(check("tools", false, `this node has no ${look.missing.join(", ")}: util-linux and coreutils have them`));
  const group = look.said.get("cgroup");
  if (group && !group.ok && (action === "restore" || isStandIn(question)))
    all.push(check("cgroup", false, group.detail));
  if (look.locked) all.push(check("locked", false, "another action is being done on this pod just now: wait for it"));
  return all;
}

/** Said only where there is something to say: whose the pod is, and where it lives. */
function whose({ target: { pod }, asUserMade }: Question): Check[] {
  const { owner, within } = pod;
  const checks: Check[] = [];
  if (within !== undefined)
    checks.push(
      check(
        "within",
        false,
        `the pod lives in the container ${within.slice(0, 12)}, which is a node of its own: open that node, by docker:${within.slice(0, 12)} or podman:${within.slice(0, 12)}`,
      ),
    );
  if (owner?.kind === "user")
    checks.push(
      check(
        "owner",
        asUserMade,
        `the pod is made of processes of user ${owner.uid}, not of root's runtime: ${owner.evidence}${asUserMade ? "; that was accepted" : "; nothing is done to it unless that is accepted (--as-user-made on the terminal)"}`,
      ),
    );
  return checks;
}

function mountNamespace(question: Question): Check {
  const { look, target, action } = question;
  const refused = look.said.get("mount-namespace");
  if (refused) return check("mount-namespace", refused.ok, refused.detail);
  if (!look.looked) return check("mount-namespace", false, `could not be looked at: ${look.why}`);
  const elsewhere = look.copies.filter(({ root }) => !look.pins.has(root));
  if ((action === "drop" || action === "restore") && !question.pinFirst && elsewhere.length > 0)
    return check(
      "mount-namespace",
      false,
      `${elsewhere.map(({ path }) => path).join(", ")} is mounted in mount namespace ${elsewhere[0]?.mountNamespace} only (process ${elsewhere[0]?.pid}), and goes with it`,
    );
  const copies = look.copies.length - elsewhere.length;
  return check(
    "mount-namespace",
    true,
    `${look.entered ? "our shell is elsewhere: mounts are made in pid 1's mount namespace through nsenter" : "our shell is in pid 1's mount namespace"}${copies > 0 ? `; ${count(copies, "copy of a pin", "copies of pins")} in ${target.folder} ${copies === 1 ? "is" : "are"} in other mount namespaces` : ""}`,
  );
}

function privilege({ privilege: who, look }: Question): Check {
  const refused = look.said.get("privilege");
  if (refused && !refused.ok) return check("privilege", false, refused.detail);
  if (look.unsafe.length > 0)
    return check(
      "privilege",
      false,
      `${look.unsafe.join(", ")} is not a folder of root's alone (0700): look at it and remove it`,
    );
  if (who === "user") return check("privilege", false, "an ordinary user cannot: log in as root, or allow sudo -n");
  return check("privilege", look.looked, look.looked ? `${who} on the node` : `could not become root: ${look.why}`);
}

const readOnly = ({ readOnly: yes }: Question): Check =>
  check("read-only", !yes, yes ? "read-only mode: this app does not change nodes" : "actions are allowed");
