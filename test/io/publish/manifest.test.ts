/** The manifest of an output as text, and what is refused as one. */
import { expect, it } from 'vitest'
import { foreignFiles, type Manifest, manifestText, otherPipeline, parseManifest } from '#io/publish/manifest.ts'

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
