/** How Node compiles a program that mostly runs for seconds. */
import { setFlagsFromString } from 'node:v8'

/**
 * Bytes of bytecode that a function runs before V8 considers it for optimization; its default is 67,584. A small run ends before most optimized
 * code has paid for itself, and a large one reaches any budget within its first moments.
 */
const BUDGET = 300_000

/** For a process of a command or of tasks; called before its work begins. */
export function optimizeLater(): void {
  setFlagsFromString(`--interrupt-budget=${BUDGET}`)
}
