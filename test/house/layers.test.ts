/** Imports point down and never in a circle, as test/house/layers.ts draws it; packages, clock and chance stay where they belong. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { circlesIn } from './circles.ts'
import { DISTRICTS, EDGES, NEVER, OUTSIDE, PACKAGES, PURE, REACHES_OUT } from './layers.ts'
import { districtOf, filesBelow, importsOf, isGenerated, isOf, ROOT, roomOf, textOf } from './sources.ts'

const FILES = filesBelow('lib', '.ts').filter((file) => !isGenerated(file))
const IMPORTS = FILES.flatMap(importsOf)
const OWN = IMPORTS.filter(({ target }) => target.startsWith('lib/'))
const OTHERS = ['lambdas', 'scripts', 'bench', 'test'].flatMap((folder) => filesBelow(folder, '.ts'))

const reported = ({ file, specifier }: { readonly file: string; readonly specifier: string }) => `${file} imports ${specifier}`

describe('the districts of lib', () => {
  it('are those of the table, and each has its name in package.json', () => {
    expect([...new Set(FILES.map(districtOf))].sort()).toEqual(Object.keys(DISTRICTS).sort())
    const { imports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { imports: { [name: string]: unknown } }
    expect(Object.keys(imports)).toEqual(Object.keys(DISTRICTS).map((district) => `#${district}/*.ts`))
  })

  it('import only from those the table allows', () => {
    const wrong = OWN.filter(({ file, target }) => {
      const [from, to] = [districtOf(file), districtOf(target)]
      return from !== to && !(DISTRICTS[from]?.imports ?? []).includes(to)
    })
    expect(wrong.map(reported)).toEqual([])
  })

  it('are a ladder: each allows only districts that stand above it in the table', () => {
    const order = Object.keys(DISTRICTS)
    const upward = Object.entries(DISTRICTS).flatMap(([district, { imports }]) =>
      imports.filter((other) => order.indexOf(other) >= order.indexOf(district)).map((other) => `${district} allows ${other}`),
    )
    expect(upward).toEqual([])
  })

  it('allow nothing that is not done', () => {
    const done = new Set(OWN.map(({ file, target }) => `${districtOf(file)} ${districtOf(target)}`))
    const allowed = Object.entries(DISTRICTS).flatMap(([district, { imports }]) => imports.map((other) => `${district} ${other}`))
    expect(allowed.filter((one) => !done.has(one))).toEqual([])
  })

  it('were really looked at', () => {
    expect(FILES.length).toBeGreaterThan(300)
    expect(OWN.length).toBeGreaterThan(1000)
    expect(IMPORTS).toContainEqual(
      expect.objectContaining({ file: 'lib/steps/clean/spec.ts', target: 'lib/steps/clean/behaviour.ts', eager: false }),
    )
    expect(IMPORTS).toContainEqual(expect.objectContaining({ specifier: '#core/errors/errors.ts', target: 'lib/core/errors/errors.ts' }))
  })
})

describe('the rooms of a district', () => {
  it('stand in no circle, not even by types', () => {
    expect(circlesIn(OWN.map(({ file, target }) => [roomOf(file), roomOf(target)]))).toEqual([])
  })

  it('are named where they are imported from another room, and from nowhere else', () => {
    const wrong = OWN.filter(({ file, target, specifier }) => specifier.startsWith('#') === (roomOf(file) === roomOf(target)))
    expect(wrong.map(reported)).toEqual([])
    expect(
      OTHERS.flatMap(importsOf)
        .filter(({ specifier }) => /^\.\.?\/.*\blib\//.test(specifier))
        .map(reported),
    ).toEqual([])
  })

  it.each(NEVER)('$room never imports $imports: $why', ({ room, imports }) => {
    const own = OWN.filter(({ file }) => isOf(file, room))
    expect(own.length).toBeGreaterThan(0)
    expect(own.filter(({ target }) => imports.some((other) => isOf(target, other))).map(reported)).toEqual([])
  })
})

describe('files', () => {
  it('stand in no circle, not even by types', () => {
    const all = [...FILES, ...OTHERS].flatMap(importsOf)
    expect(circlesIn(all.map(({ file, target }) => [file, target]))).toEqual([])
  })

  it('in a circle are found', () => {
    expect(
      circlesIn([
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'b'],
        ['c', 'd'],
        ['e', 'e'],
      ]),
    ).toEqual([['b', 'c']])
  })
})

describe('what is not of lib', () => {
  it.each(PACKAGES)('$name is imported by $rooms only: $why', ({ name, rooms }) => {
    const users = IMPORTS.filter(({ target }) => target === name || target.startsWith(`${name}/`))
    expect(users.length).toBeGreaterThan(0)
    expect(users.filter(({ file }) => !rooms.some((room) => isOf(file, room))).map(reported)).toEqual([])
  })

  it('is out of reach of what is pure', () => {
    const own = IMPORTS.filter(({ file, target }) => OUTSIDE.test(target) && PURE.some((place) => isOf(file, place)))
    expect([...new Set(own.map(({ file }) => file))]).toEqual(REACHES_OUT)
  })
})

describe('clock, chance and environment', () => {
  const USES = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\b|\brandomUUID\b|\bprocess\.(env|argv|cwd|exit|memoryUsage)\b/
  const users = FILES.filter((file) => USES.test(textOf(file)))

  it('are used at the edges and nowhere else', () => {
    expect(users.length).toBeGreaterThan(3)
    expect(users.filter((file) => !EDGES.some((edge) => edge.test(file)))).toEqual([])
  })

  it('never end the process: an exit code is an answer', () => {
    expect(FILES.filter((file) => /\bprocess\.exit\(/.test(textOf(file)))).toEqual([])
  })
})

describe('specs', () => {
  const SPECS = FILES.filter((file) => /\/(spec|config)\.ts$/.test(file))
  /** What may not be among the files loaded with a spec: each costs every command its start. */
  const HEAVY =
    /^(node:(fs|net|http|child_process)|@aws-sdk\/|@duckdb\/|aws-cdk-lib|parquetjs-lite|hyparquet|hucre|yauzl|fzstd|unbzip2-stream|xxhash-wasm)/

  /** The files and packages loaded with a file. */
  function loadedWith(file: string, seen = new Set<string>()): Set<string> {
    for (const { target } of importsOf(file).filter(({ eager }) => eager)) {
      if (seen.has(target)) continue
      seen.add(target)
      if (target.startsWith('lib/')) loadedWith(target, seen)
    }
    return seen
  }

  it.each(SPECS)('%s loads no engine, no files and no cloud', (file) => {
    const loaded = [...loadedWith(file)]
    expect(loaded.length).toBeGreaterThan(0)
    expect(loaded.filter((name) => HEAVY.test(name))).toEqual([])
  })
})

describe('SQL', () => {
  const text = /`[^`]*\b(?:SELECT|TRY_CAST|CREATE TEMP TABLE|GROUP BY)\b/
  const asking = FILES.filter((file) => /^lib\/(?:core|asl|steps|language|run)\//.test(file))
  // they write the parts of an output again, in another form
  const publishing = (file: string) => file.startsWith('lib/run/tasks/publish-')
  // it shows what authors write
  const isSpec = (file: string) => file === 'lib/steps/sql/spec.ts'

  it('is not written where work is asked for as data: engines in relational, io and data carry it out', () => {
    expect(asking.filter((file) => !publishing(file) && !isSpec(file) && text.test(textOf(file)))).toEqual([])
  })

  it('is found where it is written', () => {
    expect(FILES.filter((file) => text.test(textOf(file)))).toContain('lib/data/pass/pass.ts')
  })
})
