/** The scripts that run in namespaces of others, whole. */
import { compose } from "../actions/compose.ts";
import capture from "./capture.sh?raw";
import enter from "./enter.sh?raw";
import namespaces from "./namespaces.sh?raw";

export const enterScript = compose(enter, namespaces);
export const captureScript = compose(capture, namespaces);
