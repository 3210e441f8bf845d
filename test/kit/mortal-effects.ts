/** Counts what a process does to the world around it, and ends the process by SIGKILL before the effect it is not to survive. */
import { writeSync } from 'node:fs'

let effects = 0
let last = 0
let counting = false

/** Counts from now on; the process does not survive effect number `diesAt`, from 1; 0: it survives all. */
export function countEffects(diesAt: number): void {
  counting = true
  last = diesAt
  writeSync(1, 'begin\n')
}

/** One more effect is about to happen; its name is printed. `half`: does the first half of it, where it can be cut off in the middle. */
export function effect(name: string, half?: () => void): void {
  if (!counting) return
  for (const part of half === undefined ? [name] : [name, `half of ${name}`]) {
    writeSync(1, `${part}\n`)
    if (++effects !== last) continue
    if (part !== name) half?.()
    process.kill(process.pid, 'SIGKILL')
    // nothing may happen until the signal is delivered
    for (;;);
  }
}
