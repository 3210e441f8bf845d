/** The files that a run has published: their addresses, and none that an earlier run appended. */
import { describe, expect, it } from 'vitest'
import { publishedFiles } from '#data/ledger/published-files.ts'
import { aSegment } from '../report/reports.ts'

const file = (name: string, appended_by?: string) => ({
  name,
  rows: 1,
  bytes: 2,
  sha256: name,
  ...(appended_by === undefined ? {} : { appended_by }),
})
const published = (to: string, files: readonly ReturnType<typeof file>[], step = 'publish') => {
  const output = { step, to, manifest: { files } as never, manifest_uri: null }
  return publishedFiles({ segments: [aSegment([], { output })] })
}

describe('published files', () => {
  it('of a folder are below it', () => {
    expect(published('out/sales', [file('a.csv'), file('day=1/b.csv')])).toEqual([
      { step: 'publish', uri: 'out/sales/a.csv', rows: 1, bytes: 2, sha256: 'a.csv' },
      { step: 'publish', uri: 'out/sales/day=1/b.csv', rows: 1, bytes: 2, sha256: 'day=1/b.csv' },
    ])
    expect(published('s3://bucket/sales/', [file('a.csv')])[0]?.uri).toBe('s3://bucket/sales/a.csv')
  })

  it('may be a single one, of the name of the output', () => {
    expect(published('out/sales.csv', [file('sales.csv')])[0]?.uri).toBe('out/sales.csv')
    expect(published('sales.csv', [file('sales.csv')])[0]?.uri).toBe('sales.csv')
    // a folder whose name ends like the file
    expect(published('out/xsales.csv', [file('sales.csv')])[0]?.uri).toBe('out/xsales.csv/sales.csv')
  })

  it('may have the names of their sources, beside each other', () => {
    expect(published('out/{source.name}_clean.csv', [file('a_clean.csv'), file('b_clean.csv')]).map(({ uri }) => uri)).toEqual([
      'out/a_clean.csv',
      'out/b_clean.csv',
    ])
  })

  it('are those of this step, where others were appended before', () => {
    const files = [file('a.csv', 'r-0/publish'), file('b.csv', 'r-1/other'), file('c.csv')]
    expect(published('out', files).map(({ sha256 }) => sha256)).toEqual(['a.csv', 'c.csv'])
  })

  it('are none where a step published nothing', () => {
    expect(publishedFiles({ segments: [aSegment([]), aSegment([], { output: null })] })).toEqual([])
  })
})
