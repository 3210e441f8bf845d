/** What the pages say is so: definitions in them compile, commands and options exist, links and paths lead somewhere, scripts are there. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { flagsOf, readArgs } from '#cli/arguments/args.ts'
import { COMMANDS } from '#cli/commands/index.ts'
import { compile } from '#language/compiler/compile.ts'
import { formatProblem } from '#language/definition/problem.ts'
import { assetsIn } from '../kit/run-pipeline.ts'
import { commandsIn } from '../kit/commands-in.ts'
import { withSteps } from '../language/definition/problems-of.ts'
import { anchorsOf, type Block, blocksOf, codeIn, codeOf, GUIDES, linksIn, PAGES } from './pages.ts'
import { ROOT, textOf } from './sources.ts'

/** The files of the pipelines in the pages. */
const LISTS = {
  './steps/geocode.ts': 'export default {}',
  'lists/countries.csv': 'code,name\nDE,Germany\n',
  'lists/spellings.csv': 'from,to\nBRD,Germany\n',
}

const BLOCKS = PAGES.flatMap(blocksOf)
/** Each of its definitions is wrong on purpose; test/language/definition/problems.test.ts holds that it is wrong in the way the page says. */
const WRONG_ON_PURPOSE = 'docs/reference/problems.md'
/** Pages whose YAML is a list of units of a step: the step around them. */
const UNITS: { readonly [page: string]: string } = {
  'docs/reference/rules.md': 'type: validate, with: {rules: ',
  'docs/reference/cleaners.md': 'type: clean, with: {rules: ',
  'docs/reference/operations.md': 'type: transform, with: {operations: ',
}

/** A block as a whole definition: it is one, or steps, or units of a step. */
function definitionIn({ page, text }: Block): string {
  const opening = UNITS[page]
  if (opening !== undefined) {
    const [type = '', setting = ''] = opening.split(', with: {')
    return withSteps(`  - id: s\n    ${type}\n    with:\n      ${setting.trim()}\n${text.replace(/^(?=.)/gm, '        ')}`)
  }
  if (!text.startsWith('- ')) return text
  const steps = text.replace(/^(?=.)/gm, '  ')
  return /type: discover/.test(text) ? `version: 1\nid: sales\nsteps:\n${steps}` : withSteps(steps)
}

describe('YAML in the pages', () => {
  const yaml = BLOCKS.filter(({ language, page }) => language === 'yaml' && page !== WRONG_ON_PURPOSE && !GUIDES.includes(page))

  it('is there', () => {
    expect(yaml.length).toBeGreaterThan(60)
    expect(yaml.filter(({ text }) => /^version: 1$/m.test(text)).length).toBeGreaterThan(10)
  })

  it.each(yaml)('of $page, line $line, compiles', (block) => {
    const env = Object.fromEntries([...block.text.matchAll(/\$\{env\.(\w+)\}/g)].map(([, name = '']) => [name, name.toLowerCase()]))
    const compiled = compile(definitionIn(block), { file: block.page, env, readAsset: assetsIn(LISTS) })
    expect(compiled.ok ? [] : compiled.problems.map(formatProblem)).toEqual([])
  })
})

describe('commands in the pages', () => {
  const lines = PAGES.flatMap((page) => commandsIn(textOf(page)).map((command) => ({ page, ...command })))

  it('are there', () => {
    expect(lines.length).toBeGreaterThan(15)
  })

  it.each(lines)('of $page: $line', ({ args: [name = '', ...rest] }) => {
    const command = COMMANDS.find((one) => one.name === name)
    if (command === undefined) throw new Error(`there is no command ${name}`)
    readArgs(command, rest)
  })

  it('named in the text exist, with their options', () => {
    const shown = BLOCKS.filter(({ language }) => language === 'text').flatMap(({ page, text }) =>
      [...text.matchAll(/(?<!\.)\bsiftstep [a-z]+\b(?: --[a-z-]+)*/g)].map(([code]) => ({ page, code })),
    )
    const quoted = PAGES.flatMap((page) => codeIn(page).map((code) => ({ page, code }))).filter(({ code }) =>
      /^(npx )?siftstep [a-z]/.test(code),
    )
    const named = [...shown, ...quoted]
    expect(named.length).toBeGreaterThan(5)
    const wrong = named.filter(({ code }) => {
      const [name, ...words] = code.replace(/^npx /, '').split(' ').slice(1)
      const command = COMMANDS.find((one) => one.name === name)
      const flags = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=')[0])
      return command === undefined || !flags.every((flag) => flagsOf(command).some((known) => known.name === flag))
    })
    expect(wrong).toEqual([])
  })
})

describe('links in the pages', () => {
  const links = PAGES.flatMap((page) => linksIn(page).map((target) => ({ page, target }))).filter(({ target }) => !/^https?:/.test(target))

  it('lead to a file, and to a heading in it', () => {
    expect(links.length).toBeGreaterThan(50)
    const astray = links.filter(({ page, target }) => {
      const [path = '', anchor] = target.split('#')
      const to = path === '' ? page : normalize(join(dirname(page), path))
      return !existsSync(join(ROOT, to)) || (anchor !== undefined && !anchorsOf(to).includes(anchor))
    })
    expect(astray).toEqual([])
  })

  it('and paths in backticks are of files that are there', () => {
    const paths = PAGES.flatMap((page) => codeIn(page).map((code) => ({ page, code }))).filter(({ code }) =>
      /^(assembly|bench|bin|docs|examples|lambdas|lib|schema|scripts|test)\/[\w./-]+$/.test(code),
    )
    expect(paths.length).toBeGreaterThan(20)
    const added = GUIDES.flatMap(codeOf).map(({ path }) => path)
    expect(paths.filter(({ code }) => !existsSync(join(ROOT, code)) && !added.includes(code))).toEqual([])
  })
})

describe('scripts in the pages', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { [name: string]: string } }

  it('are in package.json', () => {
    const named = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/\bnpm (?:run (?:--?[\w-]+ )*([\w:-]+)|(start|test)\b)/g)].map(([, run, short]) => ({
        page,
        script: run ?? short ?? '',
      })),
    )
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([])
  })
})
