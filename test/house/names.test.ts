/** Names, sizes and words: what a reader may rely on in every file. */
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesBelow, isGenerated, textOf } from './sources.ts'

const CODE = ['lib', 'lambdas', 'scripts', 'bench', 'test', 'assembly']
  .flatMap((folder) => filesBelow(folder, '.ts'))
  .filter((file) => !isGenerated(file))
const PAGES = [...filesBelow('docs', '.md'), ...filesBelow('examples', '.md')]

/** Files of more than 300 lines, each with the reason why it is not two. */
const LONG: { readonly [file: string]: string } = {
  'assembly/scan.ts': 'one kernel: its parts share registers, and a call between files costs',
  'assembly/measure.ts': 'one kernel: its parts share registers, and a call between files costs',
}
/** Tests are tables of cases and may be longer; more than this is two subjects. */
const LONG_TEST = 500

describe('files', () => {
  it('are at most 300 lines long, or say why not', () => {
    const limit = (file: string) => (file.startsWith('test/') ? LONG_TEST : 300)
    const long = CODE.filter((file) => textOf(file).split('\n').length - 1 > limit(file))
    expect(long.filter((file) => LONG[file] === undefined)).toEqual([])
    expect(Object.keys(LONG).filter((file) => !long.includes(file))).toEqual([])
  })

  it('have names in kebab-case that say what is in them', () => {
    const stems = CODE.map((file) => [file, basename(file).replace(/(\.(test|property\.test|case|generated))?\.ts$/, '')] as const)
    expect(stems.filter(([, stem]) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)).map(([file]) => file)).toEqual([])
    expect(stems.filter(([, stem]) => /^(utils?|helpers?|common|misc|manager|service|base)$/.test(stem)).map(([file]) => file)).toEqual([])
  })
})

describe('words', () => {
  // written apart, so that this file does not hold them itself
  const UNFINISHED = new RegExp(['TO', 'FIX', 'XX', 'HA'].map((start, at) => `\\b${start}${['DO', 'ME', 'X', 'CK'][at]}\\b`).join('|'))

  it('of unfinished work stand nowhere', () => {
    expect([...CODE, ...PAGES].filter((file) => UNFINISHED.test(textOf(file)))).toEqual([])
  })

  it('in the pages are about the project alone', () => {
    const elsewhere = /(^|[\s(`])\/(work|root|home|Users)\/|\b(DESIGN|LANGUAGE|HOUSE|ENGINE|JOURNEYS)(\.md|\s\d)/m
    expect([...CODE, ...PAGES].filter((file) => file !== 'test/house/names.test.ts' && elsewhere.test(textOf(file)))).toEqual([])
  })

  it('of one meaning are used for it', () => {
    // the glossary: a run is not a job, a pipeline no workflow, a measure no metric of the data
    const spoken = PAGES.filter((file) => !/decisions|CHANGELOG/.test(file)).flatMap((file) =>
      [...textOf(file).matchAll(/\b(shards?|dataframes?|DAGs?)\b/gi)].map(([word]) => `${file}: ${word}`),
    )
    expect(spoken.filter((one) => !one.startsWith('docs/glossary.md'))).toEqual([])
  })
})
