/** The examples of docs/reading.md: a text, the settings of a discover step, if any, and the text that is published. */
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { blocksOf } from '../house/pages.ts'
import { asCsv } from '../kit/as-csv.ts'
import { runTable } from '../kit/run-table.ts'
import { workplace } from '../kit/run-pipeline.ts'

const place = workplace()
afterAll(place.clear)

interface Example {
  readonly line: number
  readonly input: string
  readonly discover: string
  readonly source: string
  readonly output: string
}

/** The settings of the step in a block, and those of its source apart from the path, as YAML in one line. */
function settingsIn(yaml: string): Pick<Example, 'discover' | 'source'> {
  const [step] = parse(yaml) as [{ with: Record<string, unknown> }]
  const { source, ...settings } = step.with
  const { path: _, ...described } = typeof source === 'object' ? (source as Record<string, unknown>) : {}
  return { discover: inLine(settings), source: inLine(described) }
}

const inLine = (settings: object) => JSON.stringify(settings).slice(1, -1)

function examples(): readonly Example[] {
  const found: Example[] = []
  let before = null as Omit<Example, 'output'> | null
  for (const { language, line, text } of blocksOf('docs/reading.md')) {
    // settings below an output read the same text once more
    const input = before ?? found.at(-1)
    if (language === 'yaml' && input !== undefined) before = { line, input: input.input, ...settingsIn(text) }
    else if (language === 'csv' && before === null) before = { line, input: text, discover: '', source: '' }
    else if (language === 'csv' && before !== null) {
      found.push({ ...before, output: text })
      before = null
    }
  }
  return found
}

describe('docs/reading.md', () => {
  it('has examples', () => {
    expect(examples().length).toBeGreaterThanOrEqual(6)
  })

  it.each(examples())('line $line is read as the page says', async ({ input, discover, source, output }) => {
    const { status, columns, rows } = await runTable(place, { input, steps: [], discover, source })
    expect(status).toBe('SUCCEEDED')
    // the page leaves missing cells empty
    expect(`${asCsv(columns, rows).replaceAll('~', '')}\n`).toBe(output)
  })
})
