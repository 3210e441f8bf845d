/** Tries cases of a disturbance, some at a time, and counts what came of them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seeded } from '../../test/kit/chance.ts'
import { type Cases, type Disturbance, Skipped } from './disturbance.ts'

export interface Choice {
  /** Number of the first case, so that one that failed can be tried again. */
  readonly first: number
  readonly count: number
  readonly seed: number
  /** Cases at a time. */
  readonly lanes: number
  /** No case begins after this moment, in the time of `performance.now()`. */
  readonly until: number
}

export interface Outcome {
  readonly disturbance: Disturbance
  /** How often each thing was done and held. */
  readonly held: ReadonlyMap<string, number>
  readonly failed: readonly { readonly number: number; readonly message: string }[]
  /** Why cases were skipped, with how many. */
  readonly skipped: ReadonlyMap<string, number>
  readonly seconds: number
}

/** A number for a case: the same case draws the same chance whatever was tried before it. */
const seedOf = (seed: number, number: number) => Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)

/** Opens the cases of a disturbance in a folder; the driver's way is a process of its own, a test's is in the process of the test. */
export type Opening = (disturbance: Disturbance, folder: string) => Promise<OpenCases>

export interface OpenCases {
  one(number: number, seed: number): Promise<string>
  close(): Promise<void>
}

export const inThisProcess: Opening = async (disturbance, folder) => {
  const cases: Cases = await disturbance.open(folder)
  return { one: (number, seed) => cases.one(number, seeded(seed)), close: async () => {} }
}

export async function tryCases(disturbance: Disturbance, choice: Choice, open: Opening): Promise<Outcome> {
  const began = performance.now()
  const folder = mkdtempSync(join(tmpdir(), `siftstep-chaos-${disturbance.name}-`))
  const [held, skipped] = [new Map<string, number>(), new Map<string, number>()]
  const failed: { number: number; message: string }[] = []
  const numbers = Array.from({ length: choice.count }, (_, at) => choice.first + at)
  const count = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)
  const cases = await open(disturbance, folder)
  const lane = async () => {
    while (performance.now() < choice.until) {
      const number = numbers.shift()
      if (number === undefined) return
      try {
        count(held, await cases.one(number, seedOf(choice.seed, number)))
      } catch (error) {
        if (error instanceof Skipped) count(skipped, error.message)
        else failed.push({ number, message: (error as Error).message })
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: choice.lanes }, lane))
  } finally {
    await cases.close()
    rmSync(folder, { recursive: true, force: true })
  }
  failed.sort((a, b) => a.number - b.number)
  return { disturbance, held, failed, skipped, seconds: (performance.now() - began) / 1000 }
}
