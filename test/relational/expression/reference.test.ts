import { describe, expect, it } from 'vitest'
import { AGGREGATE_NAMES } from '#relational/expression/aggregates.ts'
import { FUNCTION_NAMES } from '#relational/expression/functions.ts'
import { parse } from '#relational/expression/parse.ts'
import { expressionReference } from '#relational/expression/reference.ts'
import { SIMPLE_TYPES, TYPE_SPELLINGS } from '#relational/types/types.ts'

const reference = expressionReference()

describe('expressionReference', () => {
  it('names every function, alias and spelling of a type', () => {
    const missing = [...FUNCTION_NAMES, ...AGGREGATE_NAMES, ...SIMPLE_TYPES, ...Object.keys(TYPE_SPELLINGS)].filter(
      (name) => !new RegExp(`\`${name}[\`(]`).test(reference),
    )
    expect(missing).toEqual([])
  })

  it('shows only forms that can be parsed', () => {
    const lines = reference.split('\n').filter((line) => /^(?:- [^`%]|\| (?:Columns|Text|Numbers|Truth|Moments|Values|Choices))/.test(line))
    const shown = lines.flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text.replaceAll('\\|', '|')))
    // all but the bare double quote, which is about quoting, are expressions or columns
    const expressions = shown.filter((text) => text !== '""')
    expect(expressions.length).toBeGreaterThan(20)
    // a format stands there by its role, where a column cannot
    expect(expressions.filter((text) => !parse(text.replace(', format)', ", '%Y')")).ok)).toEqual([])
  })

  it('has tables with as many cells in each row as in the head', () => {
    const rows = reference.split('\n').filter((line) => line.startsWith('|'))
    const cells = (row: string) => row.replaceAll('\\|', '').split('|').length
    let width = 0
    for (const [position, row] of rows.entries()) {
      if (rows[position + 1]?.startsWith('|---') === true) width = cells(row)
      expect(`${cells(row)} ${row}`).toBe(`${width} ${row}`)
    }
  })
})
