/** The examples of docs/cleaning.md: a text, the rules of a clean step, and the text that is published; ~ is a missing cell. */
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
  readonly rules: string
  readonly output: string
}

interface Step {
  readonly with: { readonly rules: readonly object[] }
}

function examples(): readonly Example[] {
  const found: Example[] = []
  let before = null as { readonly line: number; readonly input: string; readonly rules: string } | null
  for (const { language, line, text } of blocksOf('docs/cleaning.md')) {
    if (language === 'yaml' && before !== null) before = { ...before, rules: JSON.stringify((parse(text) as [Step])[0].with.rules) }
    else if (language === 'csv' && before === null) before = { line, input: text, rules: '' }
    else if (language === 'csv' && before !== null) {
      found.push({ ...before, output: text })
      before = null
    }
  }
  return found
}

describe('docs/cleaning.md', () => {
  it('has an example of each kind of rule', () => {
    const named = examples().flatMap(({ rules }) => (JSON.parse(rules) as object[]).flatMap(Object.keys))
    expect([...new Set(named)].sort()).toEqual([
      ...['amounts', 'consistency', 'deduplicate', 'map', 'missing', 'normalize', 'outliers', 'standardize'],
    ])
  })

  it.each(examples())(
    'line $line is cleaned as the page says',
    async ({ input, rules, output }) => {
      const { status, cause, columns, rows } = await runTable(place, {
        input,
        steps: [`{id: tidy, type: clean, with: {rules: ${rules}}}`],
      })
      expect({ status, cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
      expect(`${asCsv(columns, rows)}\n`).toBe(output)
    },
    30_000,
  )
})
