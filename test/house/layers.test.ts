/** Imports point down, as test/house/layers.ts draws it; clock and chance stay at the edges. */
import { describe, expect, it } from 'vitest'
import { EDGES, LAYERS } from './layers.ts'
import { filesBelow, folderOf, importsOf, isGenerated, textOf } from './sources.ts'

const FILES = filesBelow('lib', '.ts').filter((file) => !isGenerated(file))
const IMPORTS = FILES.flatMap(importsOf)

describe('the folders of lib', () => {
  it('all stand in the table', () => {
    expect([...new Set(FILES.map(folderOf))].filter((folder) => LAYERS[folder] === undefined)).toEqual([])
  })

  it('import only from those the table allows', () => {
    const wrong = IMPORTS.filter(({ file, target }) => {
      if (!target.startsWith('lib/')) return false
      const [from, to] = [folderOf(file), folderOf(target)]
      return from !== to && !(LAYERS[from]?.imports ?? []).includes(to)
    })
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([])
  })

  it('are a ladder: each allows only folders that stand above it in the table', () => {
    const order = Object.keys(LAYERS)
    const upward = Object.entries(LAYERS).flatMap(([folder, { imports }]) =>
      imports.filter((other) => order.indexOf(other) >= order.indexOf(folder)).map((other) => `${folder} allows ${other}`),
    )
    expect(upward).toEqual([])
  })

  it('were really looked at', () => {
    expect(FILES.length).toBeGreaterThan(300)
    expect(IMPORTS.filter(({ target }) => target.startsWith('lib/')).length).toBeGreaterThan(1000)
    expect(IMPORTS).toContainEqual({ file: 'lib/steps/clean/spec.ts', target: 'lib/steps/clean/behaviour.ts', eager: false })
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
  const HEAVY = /^(node:(fs|net|http|child_process)|@aws-sdk\/|@duckdb\/|aws-cdk-lib|parquetjs-lite|hyparquet)/

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
