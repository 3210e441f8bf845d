/** A walk in chapters: each is printed when it is over, with its time; the last line is the tally. */

export interface Chapter {
  readonly title: string
  /** What comes after makes no sense without it. */
  readonly essential?: true
  /** Resolves with what is worth saying beside the title. */
  printResult(): Promise<string | undefined>
}

/** Resolves with the number of chapters that failed. */
export async function printAll(chapters: readonly Chapter[], print: (line: string) => void): Promise<number> {
  let [passed, failed] = [0, 0]
  for (const { title, essential, printResult } of chapters) {
    const began = performance.now()
    try {
      const more = await printResult()
      passed++
      print(`✓ ${title}${more === undefined ? '' : `: ${more}`} (${((performance.now() - began) / 1000).toFixed(1)}s)`)
    } catch (error) {
      failed++
      print(`✗ ${title}: ${error instanceof Error ? error.message : String(error)}`)
      if (essential) break
    }
  }
  print(`${passed} passed, ${failed} failed, ${chapters.length - passed - failed} skipped`)
  return failed
}
