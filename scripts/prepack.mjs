// Before npm pack: the package carries the app as it is built from these very sources.
import { ensureBuilt, ensureInstalled } from "./setup.mjs";

ensureInstalled();
ensureBuilt();
