import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readYaml } from '#language/definition/yaml.ts'
import { NINE_STEPS } from './definitions.ts'
import { foundIn, problemsOf } from './problems-of.ts'

const treeOf = (text: string) => readYaml(text, 'p.yaml').tree

describe('YAML as definitions read it', () => {
  it('guesses nothing: texts that look like something else stay texts', () => {
    expect(treeOf('a: no\nb: on\nc: 0123\nd: 2024-01-31\ne: 1_000\nf: 12:30\ng: "1"\nh: -007\n')).toEqual({
      a: 'no',
      b: 'on',
      c: '0123',
      d: '2024-01-31',
      e: '1_000',
      f: '12:30',
      g: '1',
      h: '-007',
    })
  })

  it('reads numbers, yes or no, and nothing', () => {
    expect(treeOf('a: 1\nb: -2.5\nc: 1e3\nd: true\ne: null\nf: ~\ng:\nh: 0\ni: 0.5\n')).toEqual({
      a: 1,
      b: -2.5,
      c: 1000,
      d: true,
      e: null,
      f: null,
      g: null,
      h: 0,
      i: 0.5,
    })
  })

  it('keeps keys as they are written', () => {
    expect(treeOf('1: a\ntrue: b\n01: c\n"x y": d\n')).toEqual({ '1': 'a', true: 'b', '01': 'c', 'x y': 'd' })
  })

  it('reads the same with a byte order mark and with CRLF, and places problems the same', () => {
    const text = 'version: 1\nid: a\nsteps:\n  - {id: b, type: lineage, wiht: {}}\n'
    const expected = ['unknown-key at wiht: {}}']
    expect(foundIn(text)).toEqual(expected)
    expect(foundIn(`\uFEFF${text}`)).toEqual(expected)
    expect(foundIn(text.replaceAll('\n', '\r\n'))).toEqual(expected)
  })

  it('accepts a marker of the end, and comments after it', () => {
    expect(treeOf('a: 1\n...\n# done\n')).toEqual({ a: 1 })
    expect(treeOf('---\na: 1\n')).toEqual({ a: 1 })
  })

  it('follows aliases, and points to where the value is written', () => {
    const text =
      'version: 1\nid: a\ndefaults:\n  retry: &often {max_attempts: 5, intervall: 1s}\nsteps:\n  - {id: find, type: discover, with: {source: x}, retry: *often}\n'
    expect(foundIn(text)).toEqual(['unknown-key at intervall:'])
  })

  it('stops aliases that multiply, and aliases that hold themselves', () => {
    const levels = Array.from(
      { length: 9 },
      (_, at) =>
        `a${at}: &a${at} [${
          at === 0
            ? 'x'
            : Array(9)
                .fill(`*a${at - 1}`)
                .join(', ')
        }]`,
    )
    expect(problemsOf(`${levels.join('\n')}\n`).filter(({ code }) => code === 'yaml-alias')).toHaveLength(1)
    expect(foundIn('version: 1\nid: a\nsteps: &s\n  - {id: find, type: discover, with: {source: x, types: {a: *s}}}\n')).toEqual([
      'yaml-alias at *s}}}',
    ])
  })

  it('refuses what is nested deeper than anybody writes, without running out of stack', () => {
    const nested = (depth: number) =>
      `version: 1\nid: a\nsteps:\n  - {id: find, type: discover, with: {source: x}}\nconfig: {a: ${'['.repeat(depth)}${']'.repeat(depth)}}\n`
    expect(problemsOf(nested(50)).map(({ code }) => code)).toEqual(['unused-config'])
    expect(problemsOf(nested(500)).map(({ code }) => code)).toEqual(['unused-config', 'yaml-syntax'])
    expect(problemsOf(nested(50_000)).map(({ code }) => code)).toEqual(['yaml-syntax'])
  })

  it('keeps a key called __proto__ from becoming anything else', () => {
    expect(foundIn('version: 1\nid: a\n__proto__: {x: 1}\nsteps:\n  - {id: find, type: discover, with: {source: x}}\n')).toEqual([
      'invalid-key at __proto__:',
    ])
    expect(foundIn('version: 1\nid: a\nconstructor: 1\nsteps:\n  - {id: find, type: discover, with: {source: x}}\n')).toEqual([
      'unknown-key at constructo',
    ])
  })
})

describe('syntax errors, explained to readers new to YAML', () => {
  const reported = (text: string) => {
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    const [problem] = problems
    return `${problem?.line}:${problem?.column} ${problem?.code}: ${problem?.what}`
  }

  it.each([
    ['a tab', 'version: 1\nsteps:\n\t- id: a\n', '3:1 yaml-tab: this line is indented with a tab'],
    [
      'several tabs',
      'version: 1\nsteps:\n  - id: a\n\ttype: b\n\twith: c\n',
      '4:1 yaml-tab: this line is indented with a tab; so is line 5',
    ],
    ['a line too far in', 'version: 1\n  id: a\n', '2:3 yaml-indentation: wrong indentation'],
    ['a line too far out', 'steps:\n  - id: a\n    type: b\n   with: c\n', '4:4 yaml-indentation: wrong indentation'],
    ['no space after a dash', 'steps:\n  -id: a\n   type: b\n', '2:3 yaml-indentation: missing space after the `-`'],
    ['a quote that is not closed', 'version: 1\nid: "a\nname: b\n', '2:5 yaml-quote: the quote `"` opened here is never closed'],
    ['a single quote that is not closed', "id: 'a\nname: b\n", "1:5 yaml-quote: the quote `'` opened here is never closed"],
    ['text after a quote', 'id: "a" b\n', '1:9 yaml-quote: `b` follows the end of the value'],
    ['a backslash in double quotes', 'id: "a\\d"\n', '1:7 yaml-quote: `\\d` is not a valid escape in double quotes'],
    ['a reserved character', 'id: @a\n', '1:5 yaml-quote: a value that starts with `@` must be in quotes'],
    [
      'a bracket that is not closed',
      'id: [a, b\nname: c\n',
      '1:5 yaml-bracket: the bracket `[` opened here is not closed where it should be',
    ],
    ['a comma that is missing', 'id: {a: 1 b: 2}\n', '1:9 yaml-bracket: a comma is missing between two entries in brackets'],
    [
      'a colon in a value',
      'id: a\nname: b: c\n',
      '2:7 yaml-colon: the value `b: c` contains a colon followed by a space, which YAML reads as a key',
    ],
    [
      'a bracket not closed, with a pair in it',
      'id: a\nname: [b: [c]\n',
      '2:7 yaml-bracket: the bracket `[` opened here is not closed where it should be',
    ],
    ['a colon that is missing', 'id: a\nsteps\n', '2:1 yaml-colon: missing `:` after `steps`'],
    [
      'a reference without quotes',
      'id: a\nname: {{ x }}\n',
      '2:7 unquoted-reference: `{{ … }}` is not in quotes, so YAML reads it as a mapping',
    ],
    [
      'a reference without quotes, and more',
      'id: a\nname: {{ x }}/b\n',
      '2:7 unquoted-reference: `{{ … }}` is not in quotes, so YAML reads it as a mapping',
    ],
    [
      'an expression without quotes',
      'id: a\nname: {% $x %}\n',
      '2:7 unquoted-reference: `{% … %}` is not in quotes, so YAML reads it as a mapping',
    ],
  ])('%s', (_title, text, expected) => {
    const steps = text.includes('steps') ? '' : 'version: 1\nsteps: [{id: find, type: discover, with: {source: x}}]\n'
    const [line = '0', rest = ''] = expected.split(/:(.*)/s)
    const shifted = steps === '' ? expected : `${Number(line) + 2}:${rest}`
    expect(reported(`${steps}${text}`)).toBe(shifted)
  })

  it('is one problem at a place of the file, whatever character is lost or added', () => {
    const lines = NINE_STEPS.split('\n').length
    const change = fc.tuple(
      fc.nat(NINE_STEPS.length - 1),
      fc.constantFrom('', '"', "'", '{', '}', '[', ']', ':', '-', '\t', ' ', '\n', '&', '*', '!', '%', '|', '>', '#', '\u0000'),
    )
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const text = changes.reduce((before, [at, letter]) => before.slice(0, at) + letter + before.slice(at + 1), NINE_STEPS)
        for (const { line = 0, column = 0, what, hint } of problemsOf(text)) {
          expect(line >= 1 && line <= lines + 3 && column >= 1).toBe(true)
          expect(`${what}${hint}`).not.toMatch(/undefined|\[object|NaN/)
        }
      }),
      { numRuns: 300 },
    )
  })
})
