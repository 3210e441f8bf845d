/**
 * Properties draw the same cases on every run, so that a change fails for what it changed; `SIFTSTEP_SEED=random` draws others, and
 * `SIFTSTEP_SEED=<number>` those of a seed.
 */
import fc from 'fast-check'

const given = process.env['SIFTSTEP_SEED'] ?? '1'

export const seed = given === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(given)
if (!Number.isInteger(seed)) throw new Error(`SIFTSTEP_SEED is ${given}: give a whole number or "random"`)

// a run over mutants asks whether a property fails, and not what the smallest case is
fc.configureGlobal({ seed, endOnFailure: process.env['SIFTSTEP_SMALLEST_CASE'] === 'no' })

/** How many cases a costly property draws: `usual`, or those of `SIFTSTEP_RUNS` for a search that may take long. */
export const runs = (usual: number): number => Number(process.env['SIFTSTEP_RUNS'] ?? usual)
