/** Formats are known by their registries alone: code that all formats share compares no name of one. */
import { describe, expect, it } from 'vitest'
import { FORMATS } from '#io/formats/index.ts'
import { WRITERS } from '#io/formats/writers/index.ts'
import { filesBelow, isGenerated, textOf } from './sources.ts'

const NAMES = [...new Set([...FORMATS, ...WRITERS].map(({ name }) => name))].join('|')
/** A comparison with a name, a case of one, a type or a list of several, a setting by one. */
const USES = new RegExp(String.raw`[!=]==? '(${NAMES})'|\bcase '(${NAMES})'|'(${NAMES})'( \||,) '(${NAMES})'|\bformat: '(${NAMES})'`, 'g')
/** The kinds themselves, and a command whose flag is called json. */
const OWN = /^lib\/(io\/formats\/(kinds|writers)\/|cli\/commands\/runs\.ts$)/

const usesIn = (text: string) => [...text.matchAll(USES)].map(([use]) => use)

describe('a name of a format', () => {
  it('is compared and listed by no code but its own', () => {
    const files = filesBelow('lib', '.ts').filter((file) => !OWN.test(file) && !isGenerated(file))
    expect(files.length).toBeGreaterThan(300)
    expect(files.flatMap((file) => usesIn(textOf(file)).map((use) => `${file}: ${use}`))).toEqual([])
  })

  it('is found where it is used', () => {
    expect(usesIn(`if (format === 'csv') x`)).toHaveLength(1)
    expect(usesIn(`type F = 'csv' | 'json'; const list = ['excel', 'parquet']; case 'ndjson': y({ format: 'csv' })`)).toHaveLength(4)
    expect(usesIn(`args.has('json')`)).toEqual([])
  })
})
