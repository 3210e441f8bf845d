/** The manifest of an output as text, and what is refused as one. */
import { describe, expect, it } from 'vitest'
import {
  appendedBy,
  foreignFiles,
  hashOfManifest,
  type Manifest,
  manifestAfter,
  manifestText,
  otherPipeline,
  parseManifest,
} from '#io/publish/manifest.ts'

const MANIFEST: Manifest = { siftstep: 1, pipeline: 'sales', format: 'csv', rows: 0, bytes: 0, columns: [], files: [] }
const HINT = 'choose another location, or move the files in this one; nothing in it was changed'

it('comes back from its text', () => {
  expect(manifestText(MANIFEST)).toBe(
    '{\n  "siftstep": 1,\n  "pipeline": "sales",\n  "format": "csv",\n  "rows": 0,\n  "bytes": 0,\n  "columns": [],\n  "files": []\n}\n',
  )
  expect(parseManifest(manifestText(MANIFEST), 'out')).toEqual(MANIFEST)
})

it.each(['', 'nothing', '{}', '{"siftstep": 2, "files": []}', '{"siftstep": 1}', '{"siftstep": 1, "files": {}}', 'null'])(
  'is not %j',
  (text) => {
    expect(() => parseManifest(text, 'out')).toThrow(
      expect.objectContaining({
        name: 'Output.Conflict',
        message: 'cannot publish to out: its _manifest.json was not written by siftstep',
        hint: HINT,
      }),
    )
  },
)

it('of another pipeline is reported with its name', () => {
  expect(otherPipeline('out', MANIFEST)).toMatchObject({
    name: 'Output.Conflict',
    message: 'cannot publish to out: the pipeline sales published there',
    hint: HINT,
  })
})

it('foreign files are reported by name, five of them, in order', () => {
  const words = (names: readonly string[]) => foreignFiles('out', names).message
  expect(words(['b', 'a'])).toBe('cannot publish to out: it contains files this pipeline did not write: a, b')
  expect(words(['e', 'd', 'c', 'b', 'a'])).toMatch(/: a, b, c, d, e$/)
  expect(words(['f', 'e', 'd', 'c', 'b', 'a'])).toMatch(/: a, b, c, d, e and 1 more$/)
})

describe('what a location lists after a publication', () => {
  const COLUMN = { name: 'id', type: 'integer' } as Manifest['columns'][number]
  const file = (name: string, by?: string) => ({ name, rows: 1, bytes: 10, sha256: name, ...(by === undefined ? {} : { appended_by: by }) })
  const listing = (files: Manifest['files'], more: Partial<Manifest> = {}): Manifest => ({
    ...MANIFEST,
    rows: files.length,
    bytes: 10 * files.length,
    columns: [COLUMN],
    files,
    ...more,
  })
  const before = listing([file('a.csv')])
  const added = listing([file('b.csv', 'r-1/load')])

  it('is what is added, when it replaces, and when nothing was there', () => {
    expect(manifestAfter(before, added, 'replace', 'out')).toBe(added)
    expect(manifestAfter(undefined, added, 'append', 'out')).toBe(added)
  })

  it('has appended files behind those that were there, once for each run and step', () => {
    const once = manifestAfter(before, added, 'append', 'out')
    expect(once).toEqual(listing([file('a.csv'), file('b.csv', 'r-1/load')]))
    expect(manifestAfter(once, added, 'append', 'out')).toBe(once)
    expect(manifestAfter(once, listing([file('c.csv', 'r-2/load')]), 'append', 'out').files).toHaveLength(3)
    // files of a replacement have no such name: they never count as appended before
    expect(manifestAfter(before, listing([file('d.csv')]), 'append', 'out').files).toHaveLength(2)
  })

  it('stays as it is when there are no rows to append, whatever their columns', () => {
    expect(manifestAfter(before, listing([], { columns: [] }), 'append', 'out')).toBe(before)
  })

  it.each([
    ['format', { format: 'json' }, 'format there: csv; in this run: json'],
    ['columns', { columns: [{ ...COLUMN, type: 'text' as const }] }, 'columns there: id integer; in this run: id text'],
    ['partition_by', { partition_by: [COLUMN] }, 'partition_by there: none; in this run: id integer'],
  ])('is refused when the rows cannot be read together: %s', (_, more, says) => {
    expect(() => manifestAfter(before, { ...added, ...more }, 'append', 'out')).toThrow(`cannot append to out: ${says}`)
  })

  it('is a merge only of what it was made from, and once for each run', () => {
    const merge = (by: string, from: string | null): Manifest =>
      listing([file('m.csv')], { merged: [{ by, from, inserted: 1, updated: 0, unchanged: 0, files: ['m.csv'] }] })
    const first = merge('r-1/load', null)
    expect(manifestAfter(undefined, first, 'merge', 'out')).toBe(first)
    const second = merge('r-2/load', hashOfManifest(first))
    expect(manifestAfter(first, second, 'merge', 'out')).toBe(second)
    // resumed after it was published
    expect(manifestAfter(second, second, 'merge', 'out')).toBe(second)
    const conflict = {
      name: 'Output.Conflict',
      message: expect.stringContaining('cannot merge into out: another run has published there') as string,
    }
    expect(() => manifestAfter(before, second, 'merge', 'out')).toThrow(expect.objectContaining(conflict) as Error)
    expect(() => manifestAfter(undefined, second, 'merge', 'out')).toThrow(expect.objectContaining(conflict) as Error)
    expect(() => manifestAfter(first, merge('r-3/load', null), 'merge', 'out')).toThrow(expect.objectContaining(conflict) as Error)
  })

  it('names a file to append after its run and step, in front of its extensions', () => {
    const one = appendedBy(file('region=a.b/part-0.csv.gz'), 'r-1', 'load')
    expect(one.appended_by).toBe('r-1/load')
    expect(one.name).toMatch(/^region=a\.b\/part-0-[0-9a-f]{8}\.csv\.gz$/)
    expect(appendedBy(file('region=a.b/part-0.csv.gz'), 'r-2', 'load').name).not.toBe(one.name)
  })
})
