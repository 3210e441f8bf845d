/** How Node compiles a program that mostly runs for seconds. */
import { setFlagsFromString } from 'node:v8'

/**
 * Bytes of bytecode that a function runs before V8 considers it for optimization; its default is 67,584. A small run ends before most optimized
 * code has paid for itself, and a large one reaches any budget within its first moments.
 */
const BUDGET = 300_000
/** The last major version of Node known to have the flag: V8 prints an error for a flag that it does not know. */
const LAST_KNOWN = 24

/** For a process of a command or of tasks; called before its work begins. */
export function optimizeLater(): void {
  if (Number.parseInt(process.versions.node, 10) <= LAST_KNOWN) setFlagsFromString(`--interrupt-budget=${BUDGET}`)
}
