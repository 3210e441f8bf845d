import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'

const TEXT = `version: 1
id: places
name: "a \\u00e9 b"
description: |
  first
  second line
steps:
  - {id: find, type: discover, with: {source: [data/a.csv, data/b.csv]}}
`
const compiled = compile(TEXT, { file: 'p.yaml' })
if (!compiled.ok) throw new Error('it does not compile')
const { map } = compiled

describe('the place of a character in a text', () => {
  it.each([
    ['name.0', 3, 8],
    ['name.3', 3, 16],
    ['description.6', 6, 3],
    ['description.13', 6, 10],
  ])('%s', (path, line, column) => {
    expect([map.at(path), map.written(path)]).toEqual([{ line, column }, path.split('.')[0]])
  })

  it('is not taken for an item of a list, and beyond the text it is that of the text', () => {
    expect([map.at('steps.0.with.source.1'), map.written('steps.0.with.source.1')]).toEqual([
      { line: 8, column: 60 },
      'steps.0.with.source.1',
    ])
    expect(map.at('name.99')).toEqual(map.at('name'))
    expect(map.at('steps.0.with.3')).toEqual(map.at('steps.0.with'))
  })
})
