/** A walk in chapters: each prints a line when it ends, with the time it took; the last line is the tally. */
import type { Ability, Emulator } from './emulator.ts'

export interface Chapter {
  readonly title: string
  /** The chapters after it make no sense if it fails. */
  readonly essential?: true
  /** Skipped on an emulator that lacks this. */
  readonly needs?: Ability
  /** Resolves with a text to print behind the title. */
  run(): Promise<string | undefined>
}

/** Runs all chapters and resolves with the number of those that failed. */
export async function runAll(
  chapters: readonly Chapter[],
  { name, limits }: Pick<Emulator, 'name' | 'limits'>,
  print: (line: string) => void,
): Promise<number> {
  let [passed, failed] = [0, 0]
  for (const { title, essential, needs, run } of chapters) {
    const began = performance.now()
    const limit = needs === undefined ? undefined : limits[needs]
    if (limit !== undefined) {
      print(`- ${title}: skipped: ${name}: ${limit}`)
      continue
    }
    try {
      const more = await run()
      passed++
      print(`✓ ${title}${more === undefined ? '' : `: ${more}`} (${((performance.now() - began) / 1000).toFixed(1)}s)`)
    } catch (error) {
      failed++
      print(`✗ ${title}: ${error instanceof Error ? error.message : String(error)}`)
      if (essential) break
    }
  }
  for (const [ability, limit] of Object.entries(limits)) print(`${name} differs from AWS in ${ability}: ${limit}`)
  print(`${passed} passed, ${failed} failed, ${chapters.length - passed - failed} skipped`)
  return failed
}
